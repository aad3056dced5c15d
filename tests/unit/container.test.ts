import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settings } from '../../src/config/settings.ts';
import { loadConfig } from '../../src/config.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, '../..', name), 'utf8');

const dockerfile = read('Dockerfile').replaceAll(/\\\n\s*/g, '');
const compose = read('compose.yaml');

/** Variables that the image sets. */
const imageVariables = Object.fromEntries(
  [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line = '']) =>
    line.split(/\s+/).map((assignment) => assignment.split('=') as [string, string]),
  ),
);

/** The lines of a service in compose.yaml. */
function serviceOf(name: string): string {
  return new RegExp(`^ {2}${name}:\n((?: {4}.*\n|\n)+)`, 'm').exec(compose)?.[1] ?? '';
}

/** Variables that compose.yaml gives the server, in a shell that sets none but these. */
function composeVariables(shell: Record<string, string>): Record<string, string> {
  const lines = serviceOf('server').matchAll(/^ {6}([A-Z_]+): '?(.*?)'?$/gm);
  const fill = (text: string) =>
    text.replaceAll(
      /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
      (_, name, kind, word) => shell[name] ?? (kind === '-' ? word : ''),
    );
  return Object.fromEntries([...lines].map(([, name = '', text = '']) => [name, fill(text)]));
}

const required = { SECRET_KEY: 'k'.repeat(32), POSTGRES_PASSWORD: 'f00d' };

describe('the image', () => {
  it('sets variables that the server knows, and nothing secret', () => {
    const known = Object.entries(settings).flatMap(([name, { secret }]) => (secret ? [] : [name]));
    expect(known).toEqual(expect.arrayContaining(Object.keys(imageVariables)));
  });

  it('runs on the minor version of Node that the tests run on', () => {
    const { node } = JSON.parse(read('package.json')).devDependencies;
    const bases = [...dockerfile.matchAll(/^FROM node:(\d+\.\d+)-/gm)].map(
      ([, version]) => version,
    );
    expect(new Set(bases)).toEqual(new Set([node.split('.').slice(0, 2).join('.')]));
  });

  it('says on which port it listens', () => {
    expect(dockerfile).toMatch(new RegExp(`^EXPOSE ${imageVariables.PORT}$`, 'm'));
  });
});

describe('compose.yaml', () => {
  it('gives the server variables that it knows', () => {
    const names = Object.keys(composeVariables({}));
    expect(names).toContain('DATABASE_URL');
    expect(Object.keys(settings)).toEqual(expect.arrayContaining(names));
  });

  it('makes a configuration that a start takes, of two secrets and nothing else', () => {
    const config = loadConfig({ ...imageVariables, ...composeVariables(required) }, false);
    expect(config).toMatchObject({
      mode: 'production',
      database: { kind: 'postgres' },
      log: { format: 'json' },
    });
  });

  it.each(Object.keys(required))('has no value for %s and does not start without one', (name) => {
    const uses = [...compose.matchAll(new RegExp(`\\$\\{${name}([^}]*)\\}`, 'g'))];
    expect(uses.some(([, rest = '']) => rest.startsWith(':?'))).toBe(true);
    expect(uses.filter(([, rest = '']) => rest.startsWith(':-') || rest.startsWith('-'))).toEqual(
      [],
    );
  });

  it('leaves a stop the time that the server takes for it', () => {
    const { SHUTDOWN_GRACE_SECONDS: grace } = composeVariables(required);
    const given = /^ {4}stop_grace_period: (\d+)s$/m.exec(serviceOf('server'))?.[1];
    // What hangs is cut off a second after the grace.
    expect(Number(given)).toBeGreaterThan(Number(grace) + 1);
  });

  it.each(['server', 'database', 'redis', 'mail'])(
    'takes from %s what it does not need',
    (name) => {
      expect(serviceOf(name)).toContain('<<: *hardened');
      const hardened = /^x-hardened: &hardened\n((?: {2}.*\n)+)/m.exec(compose)?.[1];
      expect(hardened).toContain('read_only: true');
      expect(hardened).toContain('cap_drop: [ALL]');
      expect(hardened).toContain('no-new-privileges:true');
    },
  );

  it('publishes ports to this machine alone', () => {
    const ports = [...compose.matchAll(/^ {4}ports: \['(.*)'\]$/gm)].map(([, port = '']) =>
      port.replace(/\$\{\w+:-(.*?)\}/, '$1'),
    );
    expect(ports).toEqual(['127.0.0.1:4000:4000', '127.0.0.1:8025:8025']);
  });
});
