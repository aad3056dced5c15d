import { describe, expect, it } from 'vitest';
import { openGraphiql, signIn, tabNames } from '../support/graphiql.ts';
import { useSite } from '../support/site.ts';

describe('the page of GraphiQL', () => {
  const site = useSite();

  async function open() {
    const tab = await site.openTab();
    return { ...tab, graphiql: await openGraphiql(tab.page, site.url) };
  }

  it('begins with the same tabs when it is loaded again', async () => {
    const { page } = await open();
    await page.waitForFunction(() => 'graphiql:tabState' in sessionStorage);
    await openGraphiql(page, site.url);
    expect(await page.getByRole('tab').allInnerTexts()).toEqual([...tabNames]);
    await page.locator('.graphiql-editor-tool').getByText('admin@example.com').waitFor();
  });

  it('comes from this server alone and helps with the schema', async () => {
    const { page, hosts, complaints, graphiql } = await open();
    await graphiql.choose('WhoAmI');
    await page.locator('.graphiql-query-editor').getByText('permissions').click();
    await page.keyboard.press('End');
    await page.keyboard.type(' upd');
    await page.locator('.suggest-widget').getByText('updatedAt').waitFor();
    expect([...hosts]).toEqual([new URL(site.url).host]);
    expect(complaints).toEqual([]);
  });

  it('stores no token, and nothing beyond the life of the browser tab', async () => {
    const { page, graphiql } = await open();
    await signIn(graphiql);
    await graphiql.choose('WhoAmI');
    await graphiql.writeHeaders('{ "authorization": "Bearer eyJ.pasted"');
    await graphiql.press();
    await graphiql.choose('ListUsers');
    const [lasting, passing] = await page.evaluate(() => [
      { ...localStorage },
      { ...sessionStorage },
    ]);
    expect(lasting).toEqual({});
    expect(passing).toMatchObject({ 'graphiql:query': expect.stringContaining('ListUsers') });
    expect(JSON.stringify(passing)).not.toContain('eyJ');
    expect(await page.context().cookies()).toEqual([]);
    expect(page.url()).toBe(`${site.url}/graphql`);
    const { status } = await openGraphiql(page, site.url);
    await status.getByText('Not signed in').waitFor();
  });

  it('opens the query of a link in a tab of its own', async () => {
    const { page } = await site.openTab();
    const editor = page.locator('.graphiql-query-editor');
    const expectTabs = async (tabs: number) =>
      expect([await page.getByRole('tab').count(), page.url()]).toEqual([
        tabs,
        `${site.url}/graphql`,
      ]);
    await page.goto(`${site.url}/graphql?query={a}`);
    await editor.getByText('{a}').waitFor();
    await expectTabs(6);
    // GraphiQL keeps its tabs a moment later; who leaves before finds them as they were.
    await page.waitForFunction(() => sessionStorage.getItem('graphiql:tabState')?.includes('{a}'));
    await page.goto(`${site.url}/graphql?query={b}`);
    await editor.getByText('{b}').waitFor();
    await expectTabs(7);
    await page.waitForFunction(() => sessionStorage.getItem('graphiql:tabState')?.includes('{b}'));
    await page.reload();
    await editor.getByText('{b}').waitFor();
    await expectTabs(7);
  });

  it('says so when it cannot be loaded', async () => {
    const { page } = await site.openTab();
    await page.route('**/app.js', (route) => route.abort());
    await page.goto(`${site.url}/graphql`);
    await page.getByText('GraphiQL could not be loaded.').waitFor();
  });

  it('says what is missing where scripts are switched off', async () => {
    const { page } = await site.openTab({ javaScriptEnabled: false });
    await page.goto(`${site.url}/graphql`);
    expect(await page.locator('body').innerText()).toContain('GraphiQL needs JavaScript');
  });
});
