/**
 * The limits that graphql-armor counts: depth, aliases and directives. Its other parts are left off for better ones: its
 * token limit wraps the lexer in a proxy where graphql-js has an option, its cost limit takes `first: $variable` for 1,
 * and suggestions are left out by an option of graphql-js.
 */
import { EnvelopArmor } from '@escape.tech/graphql-armor';
import type { GraphQLError } from 'graphql';
import type { Limits } from '../http/limits.ts';
import { tooComplex } from './too-complex.ts';

const reject = {
  onReject: [
    (_context: unknown, { message }: GraphQLError) => {
      throw tooComplex(message.replace('Syntax Error: ', ''));
    },
  ],
};
const off = { enabled: false };

export const armorPlugins = (limits: Limits): ReturnType<EnvelopArmor['protect']>['plugins'] =>
  new EnvelopArmor({
    maxDepth: { n: limits.depth, flattenFragments: true, ...reject },
    maxAliases: { n: limits.aliases, allowList: [], ...reject },
    maxDirectives: { n: limits.directives, ...reject },
    maxTokens: off,
    costLimit: off,
    blockFieldSuggestion: off,
  }).protect().plugins;
