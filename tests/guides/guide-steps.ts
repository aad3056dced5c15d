import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';

/** What one block of code has the reader of a guide do; only files are written and edited. */
interface Step {
  kind: 'write' | 'edit' | 'run' | 'ask';
  file: string | null;
  code: string;
}

/** A section of a guide, and what it has its reader do. */
export interface Section {
  title: string;
  steps: Step[];
}

/** A block of code, and the file that the text before it ends with: "… in `src/app.ts`:". */
const blocks = /(?:`([^`\s]+)`:\n\n)?^```(\w*)\n(.*?)^```$/gms;

/** Reads the sections of a guide that have steps; every block of code is taken for one. */
export function readSections(markdown: string): Section[] {
  return markdown
    .split(/^## /m)
    .map((section) => ({
      title: section.slice(0, section.indexOf('\n')),
      steps: [...section.matchAll(blocks)].map(([, file = null, language, code = '']) => ({
        kind: kindOf(language),
        file,
        code,
      })),
    }))
    .filter(({ steps }) => steps.length > 0);
}

function kindOf(language: string | undefined): Step['kind'] {
  if (language === 'sh') return 'run';
  if (language === 'graphql') return 'ask';
  return language === 'diff' ? 'edit' : 'write';
}

/** Does what a step says in a checkout; throws when that does not go. */
export async function follow({ kind, file, code }: Step, checkout: string): Promise<void> {
  if (kind === 'run') return runCommands(code, checkout);
  if (kind === 'ask') return checkOperation(code, join(checkout, 'schema.graphql'));
  if (file === null) throw new Error(`The text before this does not end with a file:\n\n${code}`);
  const path = join(checkout, file);
  if (kind === 'edit') return writeFile(path, edit(await readFile(path, 'utf8'), file, code));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, code, { flag: 'wx' });
}

/** Applies a diff whose hunks have no line numbers: what each removes and keeps must be there once. */
function edit(text: string, file: string, diff: string): string {
  return diff.split(/^@@.*\n/m).reduce((edited, hunk) => {
    const lines = hunk.split('\n').slice(0, -1);
    const without = (sign: string) =>
      lines.filter((line) => !line.startsWith(sign)).map((line) => `\n${line.slice(1)}`);
    const [before, after] = [without('+').join(''), without('-').join('')];
    const [head = '', tail, ...more] = `\n${edited}`.split(`${before}\n`);
    if (tail === undefined || more.length > 0) {
      throw new Error(`${file} does not have these lines exactly once:\n${before}`);
    }
    return `${head}${after}\n${tail}`.slice(1);
  }, text);
}

function runCommands(commands: string, cwd: string): Promise<void> {
  const { PATH, HOME, TEST_DATABASE_URL } = process.env;
  // Nothing that tells programs that they run in a test, and no cache that outlives the checkout.
  const env = {
    PATH,
    HOME,
    TEST_DATABASE_URL,
    npm_config_offline: 'true',
    NODE_DISABLE_COMPILE_CACHE: '1',
  };
  const options = { cwd, env, maxBuffer: Number.POSITIVE_INFINITY };
  return new Promise((resolve, reject) => {
    execFile('sh', ['-exc', commands], options, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${stdout}${stderr}`));
    });
  });
}

/** Throws unless the operation fits the printed schema. */
async function checkOperation(operation: string, schemaFile: string): Promise<void> {
  const schema = buildSchema(await readFile(schemaFile, 'utf8'));
  const [error] = validate(schema, parse(operation));
  if (error !== undefined) throw error;
}
