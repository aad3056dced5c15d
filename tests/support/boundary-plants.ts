/** A file for the linter to judge. */
export interface Plant {
  title: string;
  file: string;
  source: string;
  /** Part of a complaint that is expected; empty where none is. */
  says: string;
}

let files = 0;

/** Makes a file with one import; `#` in the file name stands for a number that makes it unique. */
function importing(file: string, specifier: string, says = '', keyword = 'import type'): Plant {
  files += 1;
  return {
    title: `${keyword} '${specifier}' in ${file}`,
    file: file.replace('#', `planted-${files}`),
    source: `${keyword} { planted } from '${specifier}';\nexport const seen = ${keyword === 'import' ? '' : '{} as typeof '}planted;\n`,
    says,
  };
}

function writing(title: string, file: string, source: string, says = ''): Plant {
  return { title, file, source, says };
}

const platform = 'Floor plan: platform/';
const rules = 'Floor plan: rules import';
const services = 'Floor plan: services and rules';
const order = 'Floor plan: a feature imports only';
const resolvers = 'Floor plan: a resolver';
const graphql = 'Floor plan: graphql/ imports';
const server = 'Floor plan: server/';
const composition = 'Floor plan: only main.ts, cli.ts';
const executableSchema = 'Floor plan: only app.ts, server/';

const entry = "import './main.ts';\nimport './graphql/schema.ts';\n";

/** Violations, each of which the linter must name. */
export const forbidden: Plant[] = [
  importing('src/platform/#.ts', '../modules/user/user.service.ts', platform),
  importing('src/platform/mail/#.ts', '../../graphql/context.ts', platform),
  importing('src/platform/#.ts', '../server/health.ts', platform),
  importing('src/platform/#.ts', '../config.ts', platform),
  importing('src/platform/#.ts', '../config/mode.ts', platform),
  importing('src/platform/#.ts', 'graphql', platform),
  importing('src/platform/#.ts', 'graphql-yoga', platform),
  importing('src/platform/#.ts', '@pothos/core', platform),
  importing('src/config/#.ts', '../modules/auth/auth.rules.ts', platform),

  importing('src/modules/user/#.service.ts', 'graphql', services),
  importing('src/modules/user/#.service.ts', 'graphql/error/index.js', services),
  importing('src/modules/user/#.service.ts', 'graphql-yoga', services),
  importing('src/modules/user/#.rules.ts', '@pothos/plugin-prisma', services),
  importing('src/modules/user/#.service.ts', '../../graphql/context.ts', services),
  importing('src/modules/user/#.service.ts', '../../server/health.ts', services),
  importing('src/modules/user/#.service.ts', '../../config.ts', services),
  importing('src/modules/user/#.service.ts', './user.schema.ts', services),
  importing('src/modules/user/#.service.ts', './user.mutations.ts', services),

  importing('src/modules/user/#.rules.ts', '../../generated/prisma/client.ts', rules),
  importing('src/modules/user/#.rules.ts', '../../platform/database/connect.ts', rules),
  importing('src/modules/user/#.rules.ts', '../../platform/unit-of-work.ts', rules),
  importing('src/modules/user/#.rules.ts', './user.service.ts', rules),
  importing('src/modules/user/#.rules.ts', 'node:fs/promises', rules),
  importing('src/modules/user/#.rules.ts', 'pg', rules),

  importing('src/modules/role/#.service.ts', '../user/user.service.ts', order),
  importing('src/modules/user/#.service.ts', '../session/session.service.ts', order),
  importing('src/modules/session/#.service.ts', '../auth/auth.service.ts', order),
  importing('src/modules/auth/#.service.ts', '../administration/suspend.service.ts', order),
  importing('src/modules/auth/#.service.ts', '../message/message.service.ts', order),
  importing('src/modules/user/#.rules.ts', '../auth/auth.rules.ts', order),
  importing('src/modules/message/#.service.ts', '../presence/presence.service.ts', order),
  importing('src/modules/audit/#.service.ts', '../administration/suspend.service.ts', order),
  importing('src/modules/user/mails/#.ts', '../../auth/auth.service.ts', order),

  importing('src/modules/user/#.schema.ts', '../../generated/prisma/client.ts', resolvers),
  importing('src/modules/user/#.mutations.ts', '@prisma/client', resolvers),
  importing('src/modules/user/#.mutations.ts', '../../platform/database/connect.ts', resolvers),
  importing('src/modules/user/#.subscriptions.ts', '../../app.ts', resolvers),
  importing('src/modules/user/#.subscriptions.ts', '../../platform/event-log/tail.ts', resolvers),
  importing('src/modules/user/#.schema.ts', '../../server/health.ts', resolvers),
  importing('src/modules/user/#.schema.ts', '../../config.ts', resolvers),
  importing('src/modules/user/#.schema.ts', '../../graphql/run-operation.ts', resolvers),
  importing('src/modules/user/#.schema.ts', '../../graphql/mask-error.ts', resolvers),
  importing('src/modules/user/#.schema.ts', '../../graphql/caller.ts', resolvers),
  importing('src/modules/user/#.schema.ts', '../../platform/unit-of-work.ts', resolvers),
  importing('src/modules/user/#.schema.ts', '../../platform/redis.ts', resolvers),
  importing('src/modules/user/#.schema.ts', 'pg', resolvers),
  importing('src/modules/auth/#.mutations.ts', '../user/user.schema.ts', resolvers),

  importing('src/graphql/#.ts', '../server/health.ts', graphql),
  importing('src/graphql/#.ts', '../config.ts', graphql),
  importing('src/graphql/#.ts', '../modules/user/user.schema.ts', graphql),
  importing('src/graphql/#.ts', '../modules/user/user.service.ts', graphql, 'import'),
  importing('src/graphql/#.ts', '../generated/prisma/client.ts', graphql, 'import'),
  importing('src/graphql/#.ts', 'pg', graphql),

  importing('src/server/#.ts', '../modules/user/user.service.ts', server),
  importing('src/server/#.ts', '../generated/prisma/client.ts', server),
  importing('src/server/#.ts', '../graphql/builder.ts', server),
  importing('src/server/#.ts', '../graphql/scopes.ts', server),
  importing('src/server/#.ts', '../graphql/mask-error.ts', server),
  importing('src/server/#.ts', '../platform/database/postgres.ts', server, 'import'),
  importing('src/server/#.ts', '../platform/database/migrate.ts', server),
  importing('src/server/#.ts', '@pothos/core', server),
  importing('src/server/#.ts', '@prisma/client', server),
  importing('src/server/#.ts', '@electric-sql/pglite', server),
  importing('src/server/#.ts', 'pg', server),
  importing('src/server/#.ts', 'ioredis', server),

  importing('src/server/#.ts', '../app.ts', composition),
  importing('src/platform/jobs/#.ts', '../../app.ts', composition),
  importing('src/modules/user/#.service.ts', '../../app.ts', composition),
  importing('src/platform/#.ts', '../main.ts', composition),
  importing('src/platform/jobs/#.ts', '../../app-services.ts', composition),
  importing('src/platform/jobs/#.ts', '../../app-background.ts', composition),
  importing('src/server/#.ts', '../app-ground.ts', composition),
  importing('src/announce-#.ts', './cli.ts', composition),
  importing('src/modules/user/#.service.ts', '../../announce.ts', composition),
  importing('src/modules/user/#.schema.ts', '../../announce.ts', composition),
  importing('src/modules/user/#.service.ts', '../../cli/program.ts', composition),
  importing('src/platform/#.ts', '../start-failure.ts', composition),
  importing('src/graphql/#.ts', '../stop-signal.ts', composition),
  importing('src/server/#.ts', '../stop-signal.ts', composition),
  importing('src/server/#.ts', '../instance.ts', composition),
  importing('src/announce-#.ts', './instance.ts', composition),
  importing('src/platform/jobs/#.ts', '../../workers/supervisor.ts', composition),
  importing('src/workers/#.ts', './main.ts', composition),
  importing('src/announce-#.ts', './app.ts', composition),
  importing('src/graphql/#.ts', './schema.ts', executableSchema),
  importing('src/announce-#.ts', './graphql/schema.ts', executableSchema),
  importing('src/modules/user/#.schema.ts', '../../graphql/schema.ts', executableSchema),

  writing('an entry that imports another', 'src/cli.ts', entry, composition),
  writing('an entry that imports the schema', 'src/cli.ts', entry, executableSchema),
  writing(
    'a builder that imports what uses it',
    'src/graphql/builder.ts',
    "import type { schema } from './scalars.ts';\nexport const seen = {} as typeof schema;\n",
    'Floor plan: graphql/builder.ts',
  ),
  writing(
    'a cycle, even of types',
    'src/modules/user/cycle-a.ts',
    "import type { B } from './cycle-b.ts';\nexport type A = { b: B };\n",
    'lint/suspicious/noImportCycles',
  ),
  writing(
    'the other end of the cycle',
    'src/modules/user/cycle-b.ts',
    "import type { A } from './cycle-a.ts';\nexport type B = { a: A };\n",
    'lint/suspicious/noImportCycles',
  ),
  writing(
    'a restricted import in a type expression',
    'src/platform/type-expression.ts',
    "export type Planted = import('graphql').GraphQLError;\n",
    platform,
  ),
  writing(
    'a restricted import at run time',
    'src/platform/dynamic.ts',
    'export const planted = () => import(`graphql`);\n',
    platform,
  ),
  writing(
    'a restricted re-export',
    'src/platform/re-export.ts',
    "export const own = 1;\nexport { GraphQLError } from 'graphql';\n",
    platform,
  ),
  writing(
    'a default export',
    'src/platform/default-export.ts',
    'export default 1;\n',
    'lint/style/noDefaultExport',
  ),
  writing(
    'a file that passes everything on',
    'src/platform/passed-on.ts',
    "export const own = 1;\nexport * from './clock.ts';\n",
    'lint/performance/noReExportAll',
  ),
  writing(
    'the environment outside config.ts',
    'src/platform/environment.ts',
    'export const home = process.env.HOME;\n',
    'lint/style/noProcessEnv',
  ),
  writing(
    'a promise that nobody waits for',
    'src/platform/floating.ts',
    'async function save(): Promise<void> {}\nexport function run() {\n  save();\n}\n',
    'lint/nursery/noFloatingPromises',
  ),
  writing(
    'the console',
    'src/platform/console.ts',
    "console.info('planted');\n",
    'lint/suspicious/noConsole',
  ),
  writing(
    'any',
    'src/platform/any.ts',
    'export const planted: any = 1;\n',
    'lint/suspicious/noExplicitAny',
  ),
  writing(
    'a type imported as a value',
    'src/platform/value-import.ts',
    "import { Clock } from './clock.ts';\nexport type Planted = Clock;\n",
    'lint/style/useImportType',
  ),
  writing(
    'a file name in another style',
    'src/platform/CamelCase.ts',
    'export const planted = 1;\n',
    'lint/style/useFilenamingConvention',
  ),
];

/** Neighbours of the violations that keep to the rules. */
export const permitted: Plant[] = [
  importing('src/platform/#.ts', './clock.ts'),
  importing('src/platform/mail/#.ts', '../database/database.ts'),
  importing('src/platform/database/#.ts', '../../generated/prisma/client.ts'),
  importing('src/config/#.ts', '../platform/clock.ts'),
  importing('src/modules/user/#.service.ts', '../../platform/database/database.ts'),
  importing('src/modules/user/#.service.ts', '../../generated/prisma/client.ts'),
  importing('src/modules/user/#.service.ts', './user.rules.ts'),
  importing('src/modules/user/#.rules.ts', 'zod', '', 'import'),
  importing('src/modules/user/#.rules.ts', './user.rules.ts'),
  importing('src/modules/user/#.rules.ts', '../role/role.rules.ts'),
  importing('src/modules/user/#.rules.ts', '../../platform/password-text.ts'),
  importing('src/modules/user/#.rules.ts', '../../generated/prisma/enums.ts'),
  importing('src/modules/user/#.service.ts', '../role/role.service.ts'),
  importing('src/modules/session/#.service.ts', '../user/user.service.ts'),
  importing('src/modules/auth/#.service.ts', '../session/session.service.ts'),
  importing('src/modules/message/#.service.ts', '../auth/auth.service.ts'),
  importing('src/modules/administration/#.service.ts', '../message/message.service.ts'),
  importing('src/modules/user/mails/#.ts', '../../role/role.service.ts'),
  importing('src/modules/user/#.schema.ts', '../../graphql/builder.ts'),
  importing('src/modules/user/#.schema.ts', '../../generated/prisma/enums.ts'),
  importing('src/modules/user/#.schema.ts', '../../graphql/node-visibility.ts'),
  importing('src/modules/user/#.schema.ts', '../../graphql/context.ts'),
  importing('src/modules/user/#.schema.ts', '../../graphql/shared-by.ts'),
  importing('src/modules/user/#.mutations.ts', '../../platform/errors.ts'),
  importing('src/modules/user/#.mutations.ts', './user.rules.ts'),
  importing('src/modules/user/#.subscriptions.ts', './user.schema.ts'),
  importing('src/modules/user/#.subscriptions.ts', 'graphql'),
  importing('src/modules/user/#.subscriptions.ts', '../../graphql/event-types.ts'),
  importing('src/modules/user/#.subscriptions.ts', '../../graphql/stream-guard.ts'),
  importing('src/graphql/#.ts', '../platform/errors.ts'),
  importing('src/graphql/#.ts', '../modules/user/user.service.ts'),
  importing('src/graphql/#.ts', '../generated/prisma/client.ts'),
  importing('src/graphql/#.ts', '@pothos/core'),
  writing(
    'the schema that loads what features add to it',
    'src/graphql/schema.ts',
    "import '../modules/user/user.schema.ts';\n\nexport const schema = 1;\n",
  ),
  importing('src/server/#.ts', '../graphql/run-operation.ts'),
  importing('src/server/#.ts', '../graphql/schema.ts'),
  importing('src/server/#.ts', '../graphql/context.ts'),
  importing('src/server/#.ts', '../graphql/call.ts'),
  importing('src/server/#.ts', '../config.ts'),
  importing('src/server/#.ts', '../platform/html.ts', '', 'import'),
  importing('src/server/#.ts', '../platform/mail/outbox-transport.ts'),
  importing('src/server/#.ts', '../platform/database/database.ts'),
  importing('src/server/#.ts', './health.ts', '', 'import'),
  importing('src/server/#.ts', 'graphql-yoga'),
  importing('src/app.ts', './graphql/schema.ts'),
  writing(
    'an entry that imports what belongs to it',
    'src/main.ts',
    "import './app.ts';\nimport './announce.ts';\nimport './start-failure.ts';\nimport './platform/database/connect.ts';\n",
  ),
  importing('src/workers/#.ts', '../instance.ts'),
  importing('src/workers/#.ts', '../stop-signal.ts'),
  importing('scripts/#.ts', '../src/graphql/schema.ts'),
  writing(
    'the environment in config.ts and scripts',
    'scripts/environment.ts',
    'export const home = process.env.HOME;\n',
  ),
  writing(
    'a promise that is waited for',
    'src/platform/awaited.ts',
    'async function save(): Promise<void> {}\nexport async function run() {\n  await save();\n}\n',
  ),
  writing(
    'a file name with a role',
    'src/platform/some-thing.rules.ts',
    'export const planted = 1;\n',
  ),
];
