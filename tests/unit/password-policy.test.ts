import { describe, expect, it } from 'vitest';
import { createPasswordPolicy } from '../../src/modules/auth/password-policy.ts';
import { captureLog } from '../support/captured-log.ts';
import { createRandom } from '../support/random.ts';

const policy = createPasswordPolicy({
  minLength: 15,
  breachedUrl: null,
  ownUrls: ['https://auth.wonderland.example', 'http://[::1]:4000/app'],
  log: captureLog().log,
});

const path = ['input', 'password'];
const ada = { email: 'a.lovelace+news@analytical.example', displayName: 'Ada Lovelace', path };

/** Tells the code of the rule that a password breaks; null for one that is taken. */
async function ruleOf(password: string, about = ada): Promise<unknown> {
  try {
    await policy.check(password, about);
    return null;
  } catch (error) {
    expect(error).toMatchObject({
      code: 'VALIDATION_FAILED',
      issues: [{ path, message: expect.stringMatching(/^[A-Z].*\.$/) }],
    });
    return Reflect.get(Object(error), 'issues')[0].code;
  }
}

describe('a new password', () => {
  it.each([
    'a password of good length',
    'correct horse battery staple',
    'trapped possible friction',
    'trappedpossiblefriction',
    'jetzt geht es aber los!',
    'Der Himmel ist heute blau',
    'пароль длинный очень',
    '私は毎朝コーヒーを二杯飲みます、必ず',
    '😀😃😄😁😆😅🤣😂🙂🙃😉😊😇🥰😍',
    'my lovelace of lace is not for sale',
    '839201746582910',
    'f3a91c07be5d4826',
    'xK9#mQ2$vL8@nR4!',
    'aGVsbG8gd29ybGQgMTIz',
    'Gib mir 3 Bier, bitte!',
  ])('may be %s', async (password) => {
    expect(await ruleOf(password)).toBeNull();
  });

  it.each(['', 'kj3!x', 'xK9#mQ2$vL8@nR', '😀'.repeat(14), 'ﷺ', '㋿㍿㌀㌕'])(
    'has at least 15 characters, unlike %s',
    async (password) => {
      expect(await ruleOf(password)).toBe('too_small');
    },
  );

  it.each([
    'passwordpassword',
    'PasswordPassword',
    'password1password1',
    'password2password3password4',
    'p.a.s.s.w.o.r.d.1.2.3',
    'Password1234567!',
    'P@ssw0rd1234567!',
    '2024!!!!!!!dragon',
    'monkey---2024---dragon',
    'letmeinletmein1',
    'iloveyouforever1',
    'mountain elephant',
    'polniypizdec110211',
    'qwertyuiopasdfgh',
    'hgfdsapoiuytrewq',
    'qwertzuiopasdfg1',
    '1qaz2wsx3edc!2024',
    '1q2w3e4r5t6y7u8i',
    'abcdefghijklmno',
    'zyxwvutsrqponml',
    '123456789012345',
    '098765432109876',
    '112233445566778',
    '123-456-789-012-345',
    '!@#$%^&*()_+!@#$',
    'aaaaaaaaaaaaaaa',
    'ʻʻʻʻʻʻʻʻʻʻʻʻʻʻʻ',
    'xyxyxyxyxyxyxyx',
    'k3#k3#k3#k3#k3#k3#',
    'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ',
    'passwordpasswordx',
    'aaaaaaaaaaaaaab',
    '11111111111111b',
    `${' '.repeat(15)}a`,
  ])('is no common one: %s', async (password) => {
    expect(await ruleOf(password)).toBe('password_common');
  });

  it.each([
    ['the address', 'alovelacenews15'],
    ['a part of the address', '--lovelace-1815--'],
    ['its host', 'Analytical1234567'],
    ['the name', 'Ada Lovelace 1815'],
    ['the name and a common password', 'lovelacepassword'],
    ['the service', 'Wonderland-2026!'],
    ['the software', 'latchkey latchkey'],
  ])('is not close to %s: %s', async (_, password) => {
    expect(await ruleOf(password)).toBe('password_like_account');
  });

  it('may be drawn at random: a key in hexadecimal is hardly ever refused', async () => {
    const random = createRandom(1);
    const draw = () => Math.floor(random() * 16).toString(16);
    let refused = 0;
    for (let count = 0; count < 1000; count++) {
      const key = Array.from({ length: 16 }, draw).join('');
      if ((await ruleOf(key)) !== null) refused += 1;
    }
    expect(refused).toBeLessThan(15);
  });

  it('is judged soon, whatever it is', { timeout: 5_000 }, async () => {
    const hostile = `⁗⁗${'⇽⑽⑾⒇'.repeat(17)}p#a"s#s"w#o"r#d`.slice(0, 256);
    for (let count = 0; count < 300; count++) {
      await ruleOf(`${hostile}${count}`).catch(() => {});
      await ruleOf('abc'.repeat(40) + count);
    }
  });

  it('is not compared with names of three letters, nor with what many addresses end with', async () => {
    const about = { email: 'ada@example.com', displayName: 'Ada', path };
    expect(await ruleOf('ada ate the last com', about)).toBeNull();
    expect(
      await ruleOf('lovelace is what is 1', { ...about, email: '', displayName: '' }),
    ).toBeNull();
  });
});
