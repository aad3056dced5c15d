import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/guides/command-line.md'), 'utf8');

/** Lists the commands that do something, each by its words. */
function leavesOf(command: Command, words: string[] = []): [words: string, command: Command][] {
  if (command.commands.length === 0) return [[words.join(' '), command]];
  return command.commands.flatMap((each) => leavesOf(each, [...words, each.name()]));
}
const leaves = leavesOf(createProgram());

describe('docs/guides/command-line.md', () => {
  it('describes each command, in their order', () => {
    const described = [...page.matchAll(/^\| `([a-z -]+)` \|/gm)].map(([, words]) => words);
    expect(described).toEqual(leaves.map(([words]) => words));
  });

  it('names no option that there is not', () => {
    const named = new Set(
      [...page.matchAll(/(?<![-|] ?)(--[a-z][a-z-]*)/g)].map(([, option]) => option),
    );
    const known = new Set(leaves.flatMap(([, { options }]) => options.map(({ long }) => long)));
    expect([...named].filter((option) => option !== '--help' && !known.has(option ?? ''))).toEqual(
      [],
    );
  });
});

describe('a command', () => {
  it.each(leaves)('has a description, an example and --json: %s', (words, command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(command.description()).not.toBe('');
    expect(help).toContain(`npm run cli -- ${words}`);
    expect(help).toContain('--json');
  });
});
