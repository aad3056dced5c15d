import { expect, it } from 'vitest';
import { createWorld } from '../support/access-world.ts';
import { makeCrowd } from '../support/crowd.ts';
import { startListeningApp } from '../support/listening-app.ts';
import { createCounter } from '../support/statement-counts.ts';
import { printStatements } from '../support/statement-table.ts';

it('every root field takes as many SQL statements as the page of the documentation says', {
  timeout: 240_000,
}, async () => {
  const testApp = await startListeningApp({ GRAPHQL_MAX_COST: '1000000' });
  try {
    const world = await createWorld(testApp);
    const crowd = await makeCrowd(testApp, world);
    const page = await printStatements(createCounter(testApp, world, crowd));
    const advice =
      'Run `npx vitest run --project standalone tests/api/root-field-statements.test.ts -u` and read the difference';
    await expect(page, advice).toMatchFileSnapshot('../../docs/statements.md');
  } finally {
    await testApp.stop();
  }
});
