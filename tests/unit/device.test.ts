import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDevice } from '../../src/modules/auth/mails/device.ts';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

describe('the name of a device', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox', 'Linux'],
    [`Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/142.0 Safari/537.36`, 'Chrome', 'Windows'],
    [
      `Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/142.0 Safari/537.36 Edg/142.0`,
      'Edge',
      'Windows',
    ],
    [`Mozilla/5.0 (X11; CrOS x86_64) ${webkit} Chrome/142.0 Safari/537.36`, 'Chrome', 'ChromeOS'],
    [`Mozilla/5.0 (Linux; Android 16) ${webkit} Chrome/142.0 Mobile`, 'Chrome', 'Android'],
    [
      `Mozilla/5.0 (Linux; Android 16) ${webkit} SamsungBrowser/29.0 Chrome/136.0`,
      'Samsung Internet',
      'Android',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/142.0 Safari/537.36 OPR/124.0`,
      'Opera',
      'Windows',
    ],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 15_7) ${apple} Version/26.0 Safari/605.1.15`,
      'Safari',
      'macOS',
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) ${apple} Version/26.0 Safari/604.1`,
      'Safari',
      'iOS',
    ],
    [`Mozilla/5.0 (iPad; CPU OS 26_0 like Mac OS X) ${apple} CriOS/142.0`, 'Chrome', 'iOS'],
    ['ExampleApp/1.0 (Android 16)', null, 'Android'],
  ])('in %s', (userAgent, browser, system) => {
    expect(describeDevice(userAgent)).toEqual({ browser, system });
  });

  it.each([[null], [''], ['curl/8.5.0'], ['<script>alert(1)</script>'], ['spam.example']])(
    'is unknown in %j',
    (userAgent) => {
      expect(describeDevice(userAgent)).toBeNull();
    },
  );

  it('is one of ours, whatever is sent', () => {
    const parts = fc.constantFrom('Firefox/1', 'Windows', 'Chrome/', ' ', '<b>', 'spam.example\n');
    fc.assert(
      fc.property(fc.array(parts), (texts) => {
        const { browser, system } = describeDevice(texts.join('')) ?? {};
        expect([undefined, null, 'Firefox', 'Chrome']).toContain(browser);
        expect([undefined, null, 'Windows']).toContain(system);
      }),
    );
  });
});
