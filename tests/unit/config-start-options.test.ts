import { expect, it } from 'vitest';
import { ConfigurationError } from '../../src/config/configuration-error.ts';
import { readStartOptions } from '../../src/config/start-options.ts';

it.each([
  [[], {}],
  [['--workers', '2'], { WORKERS: '2' }],
  [['--workers=auto'], { WORKERS: 'auto' }],
  [['--workers', '2', '--workers', '3'], { WORKERS: '3' }],
])('reads %j as %j', (parameters, variables) => {
  expect(readStartOptions(parameters)).toEqual(variables);
});

it.each([
  [['--workers']],
  [['--workers', '--workers=2']],
  [['--worker', '2']],
  [['-w', '2']],
  [['2']],
  [['--workers=2', 'hunter2']],
])('refuses %j, and repeats nothing of it', (parameters) => {
  const read = () => readStartOptions(parameters);
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(/--workers\n {4}expected to be the only parameter/);
  expect(read).not.toThrow(/hunter2/);
});
