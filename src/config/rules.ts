import { isLoopbackUrl } from './addresses.ts';
import type { ConfigurationProblem } from './configuration-error.ts';
import { generalRules } from './general.rules.ts';
import type { Mode } from './mode.ts';
import { productionRules } from './production.rules.ts';
import type { Rule, Situation } from './rule.ts';
import { problem } from './settings.ts';

const developmentRules: Rule[] = [
  {
    variable: 'PUBLIC_URL',
    isBroken: ({ values }) => values.PUBLIC_URL !== undefined && !isLoopbackUrl(values.PUBLIC_URL),
    expected:
      'a loopback URL in development, whose accounts have published passwords; NODE_ENV=production serves others',
  },
];

/** Checks what variables must keep among themselves and in this mode. */
export function checkTogether(situation: Situation, mode: Mode): ConfigurationProblem[] {
  const ofMode = mode === 'production' ? productionRules : developmentRules;
  return [...ofMode, ...generalRules]
    .filter((rule) => rule.isBroken(situation))
    .map((rule) => problem(rule.variable, rule.expected));
}
