'use strict';
// `node scripts/run.cjs [--documents] ENTRY [arguments…]` checks the runtime, brings generated
// code up to date and becomes ENTRY: one process, so that signals and exit codes are ENTRY's own.
// `--documents` also types the GraphQL documents of the tests.
require('./check-runtime.cjs');

var path = require('path');
// Saves compiling the same sources at every start. Not in the system's folder for temporary files:
// whoever may write there could put code of their own in.
require('module').enableCompileCache(
  path.join(__dirname, '../node_modules/.cache/node-compile-cache')
);
var generation = require('./generate.ts');

process.argv.splice(1, 1);
var parts = ['database'];
if (process.argv[1] === '--documents') {
  process.argv.splice(1, 1);
  parts.push('documents');
}
process.argv[1] = path.resolve(process.argv[1]);
generation.generateStale(parts);
require('module').runMain();
