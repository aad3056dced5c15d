import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { generateStale } from './generate.ts';

interface Manifest {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

/** What of the project itself a server runs with. */
const ownParts = [
  'LICENSE',
  'package.json',
  'prisma/migrations',
  'prisma/seed.ts',
  'scripts/migrate.ts',
  'src',
];

/** Dependencies that generate code and are not loaded by it. */
const generators = ['prisma'];

/** Files of packages that no server loads. */
const neverLoaded = [
  // Node runs no TypeScript under node_modules, and reads source maps only where it is told to.
  /\.(?:[cm]?ts|tsx|map)$/,
  // Query compilers for other databases and runtimes, each of them twice.
  /\/@prisma\/client\/runtime\/(?:query_compiler_(?!fast_bg\.postgresql\..*mjs$)|wasm-compiler-edge)/,
  // The same GraphiQL for `require`.
  /\/@graphql-yoga\/render-graphiql\/cjs\//,
];

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}

/** Finds an installed package as Node does: in the nearest node_modules, going up to the root. */
function findPackage(root: string, from: string, name: string): string | null {
  for (let directory = from; ; directory = dirname(directory)) {
    const found = join(directory, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (directory === root) return null;
  }
}

/**
 * Lists the directories of the packages that a server needs: its dependencies, theirs, and the
 * peers that they insist on. Leaves out what a package takes only if it is there. Throws when one
 * is not installed.
 */
export function listNeededPackages(root: string): string[] {
  const needed = new Set<string>();
  const add = (directory: string): void => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } =
      readManifest(directory);
    const peers = Object.keys(peerDependencies ?? {});
    const names = new Set([
      ...Object.keys({ ...dependencies, ...optionalDependencies }),
      ...peers.filter((name) => !peerDependenciesMeta?.[name]?.optional),
    ]);
    for (const name of names) {
      if (generators.includes(name)) continue;
      const found = findPackage(root, directory, name);
      if (found !== null && !needed.has(found)) {
        needed.add(found);
        add(found);
      } else if (found === null && !(name in (optionalDependencies ?? {}))) {
        throw new Error(`${name} is not installed, which ${relative(root, directory)} needs.`);
      }
    }
  };
  add(root);
  return [...needed].sort();
}

/** Copies what a server runs with into a new directory; whoever it runs as may write to `data`. */
export function gatherRelease(root: string, directory: string): void {
  if (existsSync(directory)) throw new Error(`${directory} exists already.`);
  for (const part of ownParts) {
    cpSync(join(root, part), join(directory, part), { recursive: true });
  }
  for (const source of listNeededPackages(root)) {
    cpSync(source, join(directory, relative(root, source)), {
      recursive: true,
      filter: (path) => {
        const inside = path.slice(source.length);
        return !inside.includes('/node_modules') && !neverLoaded.some((files) => files.test(path));
      },
    });
  }
  const data = join(directory, 'data');
  mkdirSync(data);
  chmodSync(data, 0o777);
}

if (process.argv[1] === import.meta.filename) {
  const [directory, ...rest] = process.argv.slice(2);
  if (directory === undefined || rest.length > 0) {
    process.stderr.write('Usage: node scripts/gather-release.ts NEW_DIRECTORY\n');
    process.exit(2);
  }
  const root = join(import.meta.dirname, '..');
  generateStale(['database']);
  gatherRelease(root, directory);
}
