// Run as a process of its own: `node lock-holder-process.ts DATA_DIR`. Prints `locked` and stays, or prints
// why the directory is refused and ends.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lockDirectory } from '../../src/platform/database/directory-lock.ts';

const [dataDir = ''] = process.argv.slice(2);
try {
  lockDirectory(dataDir);
  // The lock must not go with the object that stood for it.
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  console.log('locked');
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
