/**
 * What makes a picture a file of another kind, too, wherever it hides: in a comment, in metadata or
 * behind the end. Long enough that no picture has one by chance.
 */
const marks = ['<script', '<html', '<!doctype', '<?php', '<svg ', '<svg\n', '<svg>', '<iframe'];

/** A reader of PDF looks for this in the first kilobyte, of a ZIP archive for that in the last 64. */
const pdf = { mark: '%pdf-', withinFirst: 1024 };
const zip = { mark: 'pk\u0005\u0006', withinLast: 65_557 };

/**
 * Tells whether a file is of a second kind as well (a polyglot): an archive, a document or a script
 * inside a picture. Reads it once; letters count without regard to case.
 */
export function holdsForeignContent(content: Uint8Array): boolean {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    .toString('latin1')
    .toLowerCase();
  return (
    marks.some((mark) => text.includes(mark)) ||
    text.slice(0, pdf.withinFirst).includes(pdf.mark) ||
    text.slice(-zip.withinLast).includes(zip.mark)
  );
}
