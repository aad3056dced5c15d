import { Command } from 'commander';
import { printSchema } from 'graphql';
import { examples, reporting } from './reporting.ts';

/** Builds the commands about the GraphQL schema; they need neither configuration nor database. */
export function schemaCommand(): Command {
  const print = new Command('print')
    .description('print the GraphQL schema that this version serves')
    .addHelpText('after', examples('schema print > schema.graphql'))
    .action(
      reporting(async () => {
        // Loaded by this command alone: it takes a while.
        const { schema } = await import('../graphql/schema.ts');
        const sdl = printSchema(schema);
        return { data: { sdl }, text: sdl };
      }),
    );
  return new Command('schema').description('show the GraphQL schema').addCommand(print);
}
