// Run as a process of its own: `node lock-holder.ts DATA_DIR`. Prints `locked` and stays, or prints
// why the directory is refused and ends.
import { lockDirectory } from '../../src/platform/database/directory-lock.ts';

const [dataDir = ''] = process.argv.slice(2);
try {
  lockDirectory(dataDir);
  console.log('locked');
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
