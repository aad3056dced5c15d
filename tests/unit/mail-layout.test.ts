import { describe, expect, it } from 'vitest';
import { layOutMail } from '../../src/platform/mail/mail-layout.ts';

const layout = {
  language: 'en',
  sender: 'Latchkey',
  heading: 'Confirm your address',
  paragraphs: ['Somebody signed up.', 'Was it you?'],
  action: { label: 'Confirm', url: 'https://latchkey.example/verify-email#token=a&b' },
  footer: ['Latchkey at latchkey.example', 'Not you? Ignore this mail.'],
};

describe('the layout of a mail', () => {
  it('says the same as text', () => {
    expect(layOutMail(layout).text).toBe(
      [
        'Confirm your address',
        'Somebody signed up.',
        'Was it you?',
        'Confirm:\nhttps://latchkey.example/verify-email#token=a&b',
        '-- \nLatchkey at latchkey.example\nNot you? Ignore this mail.\n',
      ].join('\n\n'),
    );
  });

  it('says the same as HTML, in the language it is in, and loads nothing', () => {
    const { html } = layOutMail(layout);
    expect(html).toContain('<html lang="en"');
    expect(html).toContain('>Confirm your address</h1>');
    expect(html).toContain('href="https://latchkey.example/verify-email#token=a&amp;b"');
    for (const text of [...layout.paragraphs, ...layout.footer]) expect(html).toContain(text);
    expect(html).not.toMatch(/<(img|link|script|style|iframe)|url\(|src=/);
  });

  it('does without a link and small print', () => {
    const { text, html } = layOutMail({
      language: 'de',
      sender: 'Latchkey',
      heading: 'Neu angemeldet',
      paragraphs: ['Auf einem neuen Gerät.'],
      footer: [],
    });
    expect(text).toBe('Neu angemeldet\n\nAuf einem neuen Gerät.\n');
    expect(html).not.toContain('<a ');
  });

  it('escapes every part', () => {
    const hostile = '<img src=x onerror=alert(1)>"\'&';
    const { html } = layOutMail({
      language: hostile,
      sender: hostile,
      heading: hostile,
      paragraphs: [hostile],
      code: hostile,
      action: { label: hostile, url: `https://latchkey.example/${hostile}` },
      footer: [hostile],
    });
    expect(html).not.toContain('<img');
    expect(html).not.toContain(`"'`);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'mailto:a@b'])(
    'refuses a link to %s',
    (url) => {
      expect(() => layOutMail({ ...layout, action: { label: 'Go', url } })).toThrow(TypeError);
    },
  );
});
