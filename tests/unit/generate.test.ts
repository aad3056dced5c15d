import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const inputs = ['prisma/schema.prisma', 'prisma.config.ts', 'schema.graphql', 'codegen.ts'];
const client = 'src/generated/prisma/client.ts';
const documents = 'tests/generated/graphql.ts';
const documentFile = 'tests/some.test.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'latchkey-generate-'));
  for (const name of ['scripts', 'package.json', ...inputs]) {
    cpSync(join(root, name), join(directory, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  write('entry.cjs', "console.log('the entry ran');");
  writeDocument('authConfig { methods }');
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, text: string): void {
  mkdirSync(join(directory, name, '..'), { recursive: true });
  writeFileSync(join(directory, name), text);
}

const read = (name: string) => readFileSync(join(directory, name), 'utf8');

const writeDocument = (selection: string) =>
  write(
    documentFile,
    `import { graphql } from './generated/index.ts';\ngraphql(\`query Some { ${selection} }\`);\n`,
  );

/** Runs the entry by way of the script that brings generated code up to date before. */
function run() {
  const parameters = ['scripts/run.cjs', '--documents', 'entry.cjs'];
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, {
    cwd: directory,
    // The generator of the documents says less where it finds itself in a test.
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  });
  return { status, ran: stdout === 'the entry ran\n', said: stderr };
}

const generatingClient = 'Generating the database client …\n';
const generatingDocuments = 'Generating the types of the GraphQL documents …\n';
const silent = { status: 0, ran: true, said: '' };

describe('generation before a start', { timeout: 120_000 }, () => {
  it('makes what is missing', () => {
    expect(run()).toEqual({ ...silent, said: generatingClient + generatingDocuments });
    expect(read(client)).toContain('PrismaClient');
    expect(read(documents)).toContain('SomeQuery');
  });

  it('does and says nothing while its inputs stay the same', () => {
    const writtenAt = () =>
      [client, documents].map((name) => statSync(join(directory, name), { bigint: true }).mtimeNs);
    const before = writtenAt();
    writeDocument('authConfig { methods }');
    expect(run()).toEqual(silent);
    expect(writtenAt()).toEqual(before);
  });

  it('types the documents anew when one changes, and leaves the client', () => {
    writeDocument('authConfig { passwordMinLength }');
    expect(run()).toEqual({ ...silent, said: generatingDocuments });
    expect(read(documents)).toContain('passwordMinLength');
    expect(run()).toEqual(silent);
  });

  it('makes the client anew when its schema changes, and leaves the documents', () => {
    const extra = '\nmodel Extra {\n  id String @id\n}\n';
    write('prisma/schema.prisma', read('prisma/schema.prisma') + extra);
    expect(run()).toEqual({ ...silent, said: generatingClient });
    expect(read(client)).toContain('Extra');
    expect(run()).toEqual(silent);
  });

  it.each([
    ['src/generated', client, generatingClient],
    [client, client, generatingClient],
    ['tests/generated', documents, generatingDocuments],
    [documents, documents, generatingDocuments],
  ])('makes anew what was deleted: %s', (deleted, output, said) => {
    rmSync(join(directory, deleted), { recursive: true });
    expect(run()).toEqual({ ...silent, said });
    expect(read(output)).not.toBe('');
  });

  it('starts nothing after it failed, says why, and tries again with the next start', () => {
    writeDocument('noSuchField');
    for (const attempt of ['first', 'second']) {
      const { status, ran, said } = run();
      expect({ status, ran }, attempt).toEqual({ status: 1, ran: false });
      expect(said).toContain('noSuchField');
      expect(said).toMatch(/Generating the types of the GraphQL documents failed\.\n$/);
    }
    writeDocument('authConfig { methods }');
    expect(run()).toEqual({ ...silent, said: generatingDocuments });
  });
});
