const markup: unique symbol = Symbol('markup');

/** Markup made by the `html` tag; no text from outside can pass for it, parsed JSON included. */
export interface SafeHtml {
  readonly [markup]: string;
}

/** What may stand between the braces of an `html` template. */
export type HtmlValue = SafeHtml | string | number | false | null | undefined | HtmlValue[];

const replacements: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => replacements[character] ?? '');
}

function renderValue(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (Array.isArray(value)) return value.map(renderValue).join('');
  if (typeof value === 'object') return value[markup];
  return escapeText(String(value));
}

/**
 * Makes markup from a template, escaping each value for element content and quoted attributes.
 *
 * Values that are markup stay as they are, lists are joined, and null, undefined and false leave
 * nothing. It checks neither the scheme of a URL nor what stands inside `<script>` or `<style>`.
 */
export function html(template: TemplateStringsArray, ...values: HtmlValue[]): SafeHtml {
  const text = template.reduce(
    (before, part, index) => before + renderValue(values[index - 1]) + part,
  );
  return { [markup]: text };
}

/** Reads the text of markup, to be sent. */
export function renderHtml(safe: SafeHtml): string {
  return safe[markup];
}
