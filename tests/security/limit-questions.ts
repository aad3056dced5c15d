import type { Question } from '../support/transport.ts';
import { type Root, times } from './limit-roots.ts';

/** One limit of what an operation may ask for. */
export interface LimitQuestion {
  /** Short for the setting: `TOKENS` is `GRAPHQL_MAX_TOKENS`. */
  readonly setting: keyof typeof limits;
  readonly code: string;
  /** Asks for exactly so much. */
  ask(amount: number, root: Root): Question;
}

/** Two values of each setting; with all of either set at once, none hides another. */
export const limits = {
  DOCUMENT_BYTES: [3072, 4000],
  TOKENS: [600, 650],
  DEPTH: [5, 6],
  ALIASES: [4, 5],
  DIRECTIVES: [3, 7],
  LIST_ITEMS: [2, 5],
  COST: [2000, 2102],
} as const;

/** Writes one of the two as the environment has it. */
export function environmentOf(column: 0 | 1): Record<string, string> {
  return Object.fromEntries(
    Object.entries(limits).map(([name, values]) => [`GRAPHQL_MAX_${name}`, String(values[column])]),
  );
}

/** Asks in every way for as much as a limit allows. */
export const limitQuestions: Record<string, LimitQuestion> = {
  'bytes in UTF-8': {
    setting: 'DOCUMENT_BYTES',
    code: 'DOCUMENT_SIZE_LIMIT_EXCEEDED',
    ask: (bytes, root) => ({ query: writeBytes(bytes, root) }),
  },
  tokens: {
    setting: 'TOKENS',
    code: 'TOKEN_LIMIT_EXCEEDED',
    ask: (tokens, root) => ({ query: root.write('id '.repeat(tokens - root.tokens)) }),
  },
  'fields inside one another': {
    setting: 'DEPTH',
    code: 'DEPTH_LIMIT_EXCEEDED',
    ask: (depth, root) => ({ query: writeDepth(depth, root) }),
  },
  aliases: {
    setting: 'ALIASES',
    code: 'ALIAS_LIMIT_EXCEEDED',
    ask: (aliases, root) => ({ query: root.write(times(aliases, (at) => `a${at}: id`)) }),
  },
  'aliases in a fragment': {
    setting: 'ALIASES',
    code: 'ALIAS_LIMIT_EXCEEDED',
    ask: (aliases, { write, type }) => ({
      query: `${write(`...A ...A ${aliases % 2 ? 'a: id' : ''}`)} fragment A on ${type} { ${times(Math.floor(aliases / 2), (at) => `a${at}: id`)} }`,
    }),
  },
  directives: {
    setting: 'DIRECTIVES',
    code: 'DIRECTIVE_LIMIT_EXCEEDED',
    ask: (directives, root) => ({
      query: root.write(times(directives, () => 'id @include(if: true)')),
    }),
  },
  'items of a list in the document': {
    setting: 'LIST_ITEMS',
    code: 'LIST_SIZE_LIMIT_EXCEEDED',
    ask: (items, root) => ({ query: root.withList(items) }),
  },
  'items of a list in the variables': {
    setting: 'LIST_ITEMS',
    code: 'LIST_SIZE_LIMIT_EXCEEDED',
    ask: (items, root) => ({
      query: root.write('id'),
      variables: { more: { below: [{ list: Array.from({ length: items }, () => 1) }] } },
    }),
  },
  cost: {
    setting: 'COST',
    code: 'COST_LIMIT_EXCEEDED',
    ask: (cost, root) => ({ query: root.ofCost(cost) }),
  },
};

function writeDepth(depth: number, { steps }: Root): string {
  const opened = steps.slice(0, depth - 1).join(' ');
  return `${opened} id ${'}'.repeat(opened.split('{').length - 1)}`;
}

function writeBytes(bytes: number, root: Root): string {
  const document = `${root.write('id')} #`;
  const characters = Math.floor((bytes - document.length) / 3);
  return `${document}${'€'.repeat(characters)}`.padEnd(bytes - characters * 2, '-');
}
