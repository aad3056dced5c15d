import type { CodegenConfig } from '@graphql-codegen/cli';

// Reads the printed schema, never the live one, so that it works before anything else does.
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['tests/**/*.ts', '!tests/generated/**'],
  ignoreNoDocuments: true,
  generates: {
    'tests/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        importExtension: '.ts',
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          DateTime: 'string',
          EmailAddress: 'string',
          EventCursor: 'string',
          // Sent as null; the file comes beside it.
          File: 'null',
          JSON: 'unknown',
          URL: 'string',
        },
      },
    },
  },
};

export default config;
