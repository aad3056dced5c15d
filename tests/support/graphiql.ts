import type { Locator, Page } from 'playwright-core';

/** The tabs that it begins with. */
export const tabNames = ['SignIn', 'WhoAmI', 'ListUsers', 'WatchUser', 'ChangeMyName'] as const;

/** GraphiQL in a tab of a browser, worked as a person works it. */
export interface Graphiql {
  readonly page: Page;
  /** What the page says of who is signed in. */
  readonly status: Locator;
  /** The answer, as far as it is in view. */
  readonly answer: Locator;
  choose(name: (typeof tabNames)[number]): Promise<void>;
  /** Presses the play button, which stops what is running. */
  press(): Promise<void>;
  /** Writes into the empty value on the second line of Variables. */
  fillVariable(text: string): Promise<void>;
  /** Replaces what is in Headers; the editor adds the brace at the end by itself. */
  writeHeaders(text: string): Promise<void>;
}

/** Signs in by the first tab; answers the id of who is signed in. */
export async function signIn({ page, press, status }: Graphiql): Promise<string> {
  // Not the schema, which GraphiQL may be asking for at the same moment.
  const answering = page.waitForResponse((response) =>
    Boolean(response.request().postData()?.includes('signIn(')),
  );
  await press();
  await status.getByText('Signed in as').waitFor();
  return (await (await answering).json()).data.signIn.user.id;
}

/** Opens GraphiQL and waits until it can be worked. */
export async function openGraphiql(page: Page, serverUrl: string): Promise<Graphiql> {
  await page.goto(`${serverUrl}/graphql`);
  const play = page.locator('.graphiql-execute-button');
  await play.waitFor();
  const editor = page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)');
  const type = async (keys: string[], text: string) => {
    await editor.click();
    for (const key of keys) await page.keyboard.press(key);
    await page.keyboard.insertText(text);
  };
  return {
    page,
    status: page.getByRole('status'),
    answer: page.locator('.graphiql-response .view-lines'),
    async choose(name) {
      await page.locator('.graphiql-tab-button', { hasText: name }).click();
      // It stores the tabs once it knows which operation is chosen, and runs the old one until then.
      await page.waitForFunction(
        (index) => JSON.parse(sessionStorage['graphiql:tabState']).activeTabIndex === index,
        tabNames.indexOf(name),
      );
    },
    press: () => play.click(),
    fillVariable: (text) => type(['Control+Home', 'ArrowDown', 'End', 'ArrowLeft'], text),
    async writeHeaders(text) {
      await page.getByRole('button', { name: 'Headers' }).click();
      await type(['Control+A', 'Delete'], text);
    },
  };
}
