// Run as a process of its own: `node --experimental-eventsource event-source-process.ts URL`.
// Prints what the EventSource that Node has is told, up to the end.
const source = new EventSource(process.argv[2] ?? '');

source.addEventListener('next', ({ data }) => console.log(data));
source.addEventListener('complete', () => {
  console.log('complete');
  source.close();
});
source.addEventListener('error', () => {
  console.log(source.readyState === EventSource.CLOSED ? 'refused' : 'lost');
  source.close();
});
