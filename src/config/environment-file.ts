import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigurationError } from './configuration-error.ts';

const assignment = /^[ \t]*(?:export +)?(?<name>[A-Za-z_][\w.]*)[ \t]*=[ \t]*(?<value>.*)$/;
const unclosedQuote = /^(?<quote>["'`])(?!.*\k<quote>)/;

/**
 * Reads a `.env` file as Node does, but refuses what Node passes over in silence.
 *
 * An unclosed quote swallows the lines below it, and a line without `=` is dropped: either could
 * lose a `NODE_ENV=production`. A file that does not exist holds nothing. Throws
 * ConfigurationError with the numbers of such lines, or when the file cannot be read.
 */
export function readEnvironmentFile(file: string): Record<string, string | undefined> {
  if (!existsSync(file)) return {};
  // Windows editors put a byte order mark before the first name and \r before each line's end.
  const lines = readText(file)
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/);
  const problems = lines.flatMap((line, index) =>
    isUsable(line)
      ? []
      : [
          {
            variable: `${file}, line ${index + 1}`,
            expected: 'NAME=value on one line, a comment after #, or nothing; UTF-8 text',
            example: 'PORT=4000',
          },
        ],
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.assign({}, ...lines.map((line) => parseEnv(line)));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ConfigurationError([
      { variable: file, expected: 'a text file that this process may read', example: 'PORT=4000' },
    ]);
  }
}

function isUsable(line: string): boolean {
  if (/^[ \t]*(?:#|$)/.test(line)) return true;
  const { name, value = '' } = assignment.exec(line)?.groups ?? {};
  // Node must read the very name that stands there: it takes other white space than this pattern.
  return name !== undefined && name in parseEnv(line) && !unclosedQuote.test(value);
}
