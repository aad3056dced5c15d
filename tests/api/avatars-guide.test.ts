import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { uploadAvatar } from '../support/avatar-clients/upload-avatar.ts';
import { useListeningApp } from '../support/listening-app.ts';
import { signUp } from '../support/people.ts';
import { drawPicture } from '../support/pictures.ts';

const app = useListeningApp();
const guide = await readFile('docs/guides/avatars.md', 'utf8');
const blocksOf = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code ?? '',
  );
const url = /"url":"(http[^"]+\/avatars\/[\w-]{43}\/\d+\.webp)"/;

it('shows a command that sends a picture', async () => {
  const { accessToken } = await signUp(app);
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-guide-'));
  try {
    await writeFile(join(directory, 'portrait.jpg'), await drawPicture());
    const [command = ''] = blocksOf('sh');
    const script = command.replaceAll('https://accounts.example.com', app.url);
    expect(script).not.toBe(command);
    const env = { ...process.env, ACCESS_TOKEN: accessToken };
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: directory, env });
    expect(stdout).toMatch(url);
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('shows a client that sends a picture', async () => {
  expect(blocksOf('ts')).toEqual([
    await readFile('tests/support/avatar-clients/upload-avatar.ts', 'utf8'),
  ]);
  const { id, accessToken } = await signUp(app);
  const picture = new Blob([new Uint8Array(await drawPicture())]);
  const user = await uploadAvatar(`${app.url}/graphql`, accessToken, picture);
  expect(user).toMatchObject({ id, avatar: { width: 128, height: 128 } });
  expect(await uploadAvatar(`${app.url}/graphql`, accessToken, new Blob(['x']))).toMatchObject({
    code: 'UPLOAD_REJECTED',
  });
});
