'use strict';
// Old syntax on purpose: a Node that is years too old must get as far as printing the advice.
var childProcess = require('child_process');
var fs = require('fs');
var path = require('path');

var isWindows = process.platform === 'win32';
var root = path.join(__dirname, '..');
var bundled = path.join(root, 'node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node');

/** Tells whether a Node runs TypeScript by itself: 22.18, 23.6, 24 and later. */
function runsTypeScript(version) {
  var parts = version.split('.').map(Number);
  var firstMinor = { 22: 18, 23: 6 }[parts[0]] || 0;
  return parts[0] >= 22 && parts[1] >= firstMinor;
}

function isInstalled(name) {
  return fs.existsSync(path.join(root, 'node_modules', name));
}

/** Names the one thing to do, or returns null when this Node and this installation will do. */
function findAdvice(version, needsTests) {
  if (!isInstalled('prisma')) {
    return 'The dependencies are not installed: run `npm ci`.';
  }
  if (runsTypeScript(version)) {
    return needsTests && !isInstalled('vitest')
      ? 'The development dependencies were left out: run `npm ci --include=dev`.'
      : null;
  }
  var problem = 'Node ' + version + ' is too old (22.18 or later is needed) and ';
  if (!isInstalled('node')) {
    return (
      problem +
      'the one that npm brings was left out with the development dependencies: run `npm ci --include=dev`.'
    );
  }
  if (!fs.existsSync(bundled)) {
    return (
      problem +
      'the one that npm brings is missing because install scripts are switched off: run `npm rebuild node --ignore-scripts=false`.'
    );
  }
  if (childProcess.spawnSync(bundled, ['--version']).status !== 0) {
    return (
      problem +
      'the one that npm brings cannot run here (it needs glibc, as musl systems such as Alpine have not): ' +
      'install Node 22.18 or later from your distribution, then run `npm ci --ignore-scripts`.'
    );
  }
  return problem + 'the one that npm brings was not used: run this through npm, as in `npm start`.';
}

var advice = findAdvice(process.versions.node, process.argv.indexOf('--documents') !== -1);
if (advice !== null) {
  console.error(advice);
  process.exit(1);
}
