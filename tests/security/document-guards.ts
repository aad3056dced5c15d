import type { Question } from '../support/transport.ts';
import { carriers, type Guard, refusedInAnswers, type Trial } from './guard.ts';
import { limitQuestions } from './limit-questions.ts';
import { roots, times } from './limit-roots.ts';

/** What the server of the table allows; docs/configuration.md has what others do. */
export const documentSettings = {
  GRAPHQL_MAX_DOCUMENT_BYTES: 4096,
  GRAPHQL_MAX_TOKENS: 600,
  GRAPHQL_MAX_DEPTH: 5,
  GRAPHQL_MAX_ALIASES: 4,
  GRAPHQL_MAX_DIRECTIVES: 3,
  GRAPHQL_MAX_LIST_ITEMS: 2,
  GRAPHQL_MAX_COST: 2000,
  GRAPHQL_MAX_VALIDATION_ERRORS: 1,
  INTROSPECTION: 'false',
};

/** Asks for one more than a limit allows. */
const oneMore =
  (what: string) =>
  ({ ask, app }: Trial) => {
    const question = limitQuestions[what];
    if (!question) throw new Error(`There is no question about ${what}.`);
    const limit = documentSettings[`GRAPHQL_MAX_${question.setting}`];
    const { query, variables }: Question = question.ask(limit + 1, roots.query);
    return ask({ query, variables: { id: app.ada.id, ...Object(variables) } });
  };

const asking =
  (question: Question) =>
  ({ ask }: Trial) =>
    ask(question);

const hashing = times(
  3,
  (at) => `a${at}: signIn(input: { email: "a@b.c", password: "x" }) { __typename }`,
);

/** The guards of what a document may be and ask for. */
export const documentGuards: Record<string, Guard> = {
  'Length of the document': {
    settings: ['GRAPHQL_MAX_DOCUMENT_BYTES'],
    refusals: refusedInAnswers('DOCUMENT_SIZE_LIMIT_EXCEEDED'),
    attack: oneMore('bytes in UTF-8'),
  },
  Tokens: {
    settings: ['GRAPHQL_MAX_TOKENS'],
    refusals: refusedInAnswers('TOKEN_LIMIT_EXCEEDED'),
    attack: oneMore('tokens'),
  },
  'Fields inside one another': {
    settings: ['GRAPHQL_MAX_DEPTH'],
    refusals: refusedInAnswers('DEPTH_LIMIT_EXCEEDED'),
    attack: oneMore('fields inside one another'),
  },
  'Selections, lists and objects inside one another (200)': {
    settings: [],
    refusals: refusedInAnswers('DEPTH_LIMIT_EXCEEDED'),
    attack: asking({ query: `{ a(b: ${'['.repeat(200)}${']'.repeat(200)}) }` }),
  },
  Aliases: {
    settings: ['GRAPHQL_MAX_ALIASES'],
    refusals: refusedInAnswers('ALIAS_LIMIT_EXCEEDED'),
    attack: oneMore('aliases in a fragment'),
  },
  'Length of an alias (100)': {
    settings: [],
    refusals: refusedInAnswers('ALIAS_LIMIT_EXCEEDED'),
    attack: asking({ query: `{ ${'a'.repeat(101)}: __typename }` }),
  },
  Directives: {
    settings: ['GRAPHQL_MAX_DIRECTIVES'],
    refusals: refusedInAnswers('DIRECTIVE_LIMIT_EXCEEDED'),
    attack: oneMore('directives'),
  },
  'Items of a list in the document': {
    settings: ['GRAPHQL_MAX_LIST_ITEMS'],
    refusals: refusedInAnswers('LIST_SIZE_LIMIT_EXCEEDED'),
    attack: oneMore('items of a list in the document'),
  },
  'Items of a list in the variables': {
    settings: ['GRAPHQL_MAX_LIST_ITEMS'],
    refusals: refusedInAnswers('LIST_SIZE_LIMIT_EXCEEDED'),
    attack: oneMore('items of a list in the variables'),
  },
  'Cost of pages': {
    settings: ['GRAPHQL_MAX_COST'],
    refusals: refusedInAnswers('COST_LIMIT_EXCEEDED'),
    attack: oneMore('cost'),
  },
  'Cost of hashing passwords': {
    settings: ['GRAPHQL_MAX_COST'],
    refusals: refusedInAnswers('COST_LIMIT_EXCEEDED', carriers.mutations),
    attack: asking({ query: `mutation { ${hashing} }` }),
  },
  'Cost of comparing fields that are merged': {
    settings: ['GRAPHQL_MAX_COST'],
    refusals: refusedInAnswers('COST_LIMIT_EXCEEDED'),
    attack: asking({ query: `{ ${'me { id } '.repeat(64)} }` }),
  },
  'Validation errors that are told': {
    settings: ['GRAPHQL_MAX_VALIDATION_ERRORS'],
    refusals: refusedInAnswers('GRAPHQL_VALIDATION_FAILED'),
    attack: asking({ query: '{ a b c }' }),
  },
  Introspection: {
    settings: ['INTROSPECTION'],
    refusals: refusedInAnswers('GRAPHQL_VALIDATION_FAILED'),
    attack: asking({ query: '{ __schema { __typename } }' }),
  },
  'Documents that are no GraphQL': {
    settings: [],
    refusals: refusedInAnswers('GRAPHQL_PARSE_FAILED'),
    attack: asking({ query: '{' }),
  },
  'Operations that the document does not have': {
    settings: [],
    refusals: refusedInAnswers('OPERATION_RESOLUTION_FAILURE'),
    attack: asking({ query: 'query A { __typename }', operationName: '__proto__' }),
  },
  'Variables that do not fit': {
    settings: [],
    refusals: refusedInAnswers('BAD_USER_INPUT'),
    attack: asking({ query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: {} } }),
  },
};
