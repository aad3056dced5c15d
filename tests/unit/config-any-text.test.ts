import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type SettingName, settings } from '../../src/config/settings.ts';
import { refusedVariables } from '../support/configuration-refusal.ts';

it('takes whole numbers exactly within their bounds', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.integer({ min: 0, max: 70_000 })), (port) => {
      const refused = refusedVariables({ PORT: String(port) }).includes('PORT');
      expect(refused).toBe(port < 0 || port > 65_535);
    }),
  );
});

it('ends every start in a configuration or a ConfigurationError, whatever the texts', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.constantFrom(...Object.values(settings).map(({ example }) => example)),
  );
  const names = Object.keys(settings) as SettingName[];
  const environment = fc.dictionary(fc.constantFrom(...names), texts);
  fc.assert(
    fc.property(environment, (given) => {
      expect(() => refusedVariables(given)).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
