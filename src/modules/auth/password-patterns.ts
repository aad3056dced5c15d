/** What is one step for whoever guesses: rows and zigzags of keyboards, alphabet and digits. */
const lines = [
  'abcdefghijklmnopqrstuvwxyz',
  '1234567890',
  '!@#$%^&*()_+',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
].flatMap((line) => [line + line, [...line, ...line].reverse().join('')]);

const fewestInPiece = 3;
const mostInPiece = 40;
const fewestLetters = 8;
const mostPieces = 2;
const mostJudged = 128;

/**
 * Tells whether a text is, but for digits and signs, one or two of the words or simple runs, or a
 * short text repeated; one more letter at an end makes neither better. Letters may be large, or replaced by what looks like them.
 */
export function isEasyToGuess(text: string, words: ReadonlySet<string>): boolean {
  const small = text.toLowerCase();
  const spelled = [small, readLookalikes(small)];
  const forms = spelled.flatMap((form) => [form, lettersAndDigits(form)]);
  // Fewer letters than that are together by chance, as in the digits of a key.
  const spread = spelled.map(letters).filter(({ length }) => length >= fewestLetters);
  return [...forms, ...spread]
    .flatMap((form) => [form, form.replace(/^\p{L}/u, ''), form.replace(/\p{L}$/u, '')])
    .some((form) => form !== '' && isEasy(form, words));
}

/** Leaves letters and digits of any script, in lower case. */
export function lettersAndDigits(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

function letters(text: string): string {
  return text.replace(/[^\p{L}\p{M}]/gu, '');
}

const lookalikes: Record<string, string> = {
  '@': 'a',
  $: 's',
  '!': 'i',
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
};

/** Reads `p@ssw0rd` as `password`; digits at the ends stay what they are. */
function readLookalikes(text: string): string {
  return text.replace(/(?<=\p{L})[@$!013457]+(?=\p{L})/gu, (signs) =>
    [...signs].map((sign) => lookalikes[sign]).join(''),
  );
}

function isEasy(form: string, words: ReadonlySet<string>): boolean {
  const unit = repeatedUnit(form);
  if (unit.length < form.length && unit.length < fewestLetters) return true;
  return isMadeOfPieces(unit, words);
}

/** Finds what a text repeats, be it cut off at the end; the text itself if nothing. */
function repeatedUnit(text: string): string {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.startsWith(text.slice(length))) return text.slice(0, length);
  }
  return text;
}

/** Tells whether words and runs cover a text, with digits and signs anywhere if it has letters. */
function isMadeOfPieces(text: string, words: ReadonlySet<string>): boolean {
  // Longer than what two pieces cover; looking all the same would take long enough to be an attack.
  if (text.length > mostJudged) return false;
  // Half of a sign beyond the basic plane is no reason to pass over the other half.
  const isFree = (sign: string) => !/[\p{L}\p{M}\p{Cs}]/u.test(sign);
  const hasLetters = letters(text) !== '';
  const fewest: number[] = Array.from({ length: text.length + 1 }, () => mostPieces + 1);
  const reach = (end: number, pieces: number) => {
    fewest[end] = Math.min(fewest[end] ?? pieces, pieces);
  };
  reach(0, 0);
  for (let start = 0; start < text.length; start++) {
    const pieces = fewest[start] ?? mostPieces;
    if (hasLetters && isFree(text.charAt(start))) reach(start + 1, pieces);
    if (pieces >= mostPieces) continue;
    let mayRun = true;
    const last = Math.min(text.length, start + mostInPiece);
    for (let end = start + fewestInPiece; end <= last; end++) {
      const piece = text.slice(start, end);
      const steps = mayRun ? piece.replace(/(.)\1+/gu, '$1') : '';
      mayRun &&= isRun(steps);
      // Two keys in turn are no run, though they may begin one.
      if (words.has(piece) || (mayRun && steps.length !== 2)) reach(end, pieces + 1);
    }
  }
  return (fewest[text.length] ?? 0) <= mostPieces;
}

/** Tells whether steps from key to key stay on one, or follow a line. */
function isRun(steps: string): boolean {
  return steps.length === 1 || lines.some((line) => line.includes(steps));
}
