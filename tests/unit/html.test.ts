import { describe, expect, it } from 'vitest';
import { type HtmlValue, html, renderHtml } from '../../src/platform/html.ts';

describe('the html tag', () => {
  it.each<[string, HtmlValue, string]>([
    ['markup', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['the end of an attribute', `" onload="x`, '&quot; onload=&quot;x'],
    ['the end of a single-quoted attribute', `' onload='x`, '&#39; onload=&#39;x'],
    ['a character reference', '&lt;', '&amp;lt;'],
    ['the end of a template', '`', '&#96;'],
    ['a number', 42, '42'],
    ['zero', 0, '0'],
    ['null', null, ''],
    ['undefined', undefined, ''],
    ['false', false, ''],
    ['a list', ['a', '<', ['b']], 'a&lt;b'],
  ])('escapes %s', (_name, value, expected) => {
    expect(renderHtml(html`<p title="${value}">${value}</p>`)).toBe(
      `<p title="${expected}">${expected}</p>`,
    );
  });

  it('leaves markup as it is, alone and in lists', () => {
    const items = ['one', '<two>'].map((item) => html`<li>${item}</li>`);
    expect(renderHtml(html`<ul>${items}</ul>${html`<br>`}`)).toBe(
      '<ul><li>one</li><li>&lt;two&gt;</li></ul><br>',
    );
  });

  it('takes nothing for markup that came in as data', () => {
    const forged = JSON.parse('{"markup":"<b>","Symbol(markup)":"<b>"}');
    expect(renderHtml(html`${forged}`)).not.toContain('<b>');
  });
});
