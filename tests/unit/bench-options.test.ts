import { CommanderError } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findSystem, listSystems } from '../../bench/compare/find-systems.ts';
import { readOptions } from '../../bench/compare/options.ts';

afterEach(() => vi.restoreAllMocks());

describe('the options of a comparison', () => {
  it('measure everything of all systems in three rounds, unless told otherwise', () => {
    expect(readOptions([])).toEqual({
      only: ['W1', 'W2', 'W3', 'W4', 'W5', 'W9'],
      systems: null,
      rounds: 3,
      seconds: 5,
      warmUpSeconds: 2,
      connections: 32,
      poolSize: 10,
    });
  });

  it('take names separated by commas, each once and workloads in their order', () => {
    const options = readOptions(['--only', 'W4,W1,W4', '--systems', 'floor, latchkey']);
    expect(options).toMatchObject({ only: ['W1', 'W4'], systems: ['floor', 'latchkey'] });
  });

  it('take numbers', () => {
    const numbers = ['--rounds', '1', '--seconds', '20', '--connections', '8', '--pool-size', '4'];
    expect(readOptions(numbers)).toMatchObject({
      rounds: 1,
      seconds: 20,
      connections: 8,
      poolSize: 4,
    });
  });

  it.each([
    [['--only', 'W7'], 'W7 is none of'],
    [['--only', ''], 'A name is empty'],
    [['--systems', 'floor,'], 'A name is empty'],
    [['--rounds', '0'], 'a whole number from 1'],
    [['--seconds', '1.5'], 'a whole number from 1'],
    [['--connections', '-1'], 'a whole number from 1'],
    [['--round', '1'], 'unknown option'],
    [['W1'], 'too many arguments'],
  ])('refuse %j and say why', (parameters, told) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => readOptions(parameters)).toThrow(CommanderError);
    expect(write.mock.calls.join()).toContain(told);
  });
});

describe('the systems of a comparison', () => {
  it('begin with the floor', () => {
    expect(listSystems(null)[0]).toBe('floor');
    expect(listSystems(['latchkey', 'floor'])).toEqual(['floor', 'latchkey']);
  });

  it('have the name of their file', async () => {
    const systems = await Promise.all(listSystems(null).map(findSystem));
    expect(systems.map(({ name }) => name)).toEqual(listSystems(null));
  });

  it('are refused where there is none of a name', () => {
    expect(() => listSystems(['ceiling'])).toThrow(
      'There is no system ceiling; those known are floor',
    );
  });
});
