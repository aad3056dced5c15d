import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

interface Tally {
  passed: number;
  failed: number;
}

/**
 * Ends the output of a run with one line, `N passed, N failed`.
 *
 * What fails outside a test (a file that does not load, a hook, an unhandled error, the global
 * setup) counts as a failure, as does a run without a single passed test.
 */
export function closingLineReporter(): Reporter {
  let tally: Tally = { passed: 0, failed: 0 };
  return {
    onInit() {
      // On exit, so that neither the coverage table nor a late error comes after the line.
      process.once('exit', (exitCode) => {
        if (tally.failed === 0 && (exitCode !== 0 || tally.passed === 0)) tally.failed = 1;
        if (tally.failed > 0 && exitCode === 0) process.exitCode = 1;
        writeSync(1, `${tally.passed} passed, ${tally.failed} failed\n`);
      });
    },
    onTestRunEnd(modules, unhandledErrors) {
      tally = { passed: 0, failed: unhandledErrors.length };
      for (const module of modules) count(module, tally);
    },
  };
}

function count(module: TestModule, tally: Tally): void {
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') tally.passed += 1;
    if (state === 'failed') tally.failed += 1;
  }
  tally.failed += module.errors().length;
  for (const suite of module.children.allSuites()) tally.failed += suite.errors().length;
}
