import { type Device, describeDevice } from './device.ts';
import type { Occasion } from './letter.ts';
import type { Language, WriteDate } from './mail-texts.ts';
import { privacyInGerman } from './privacy-texts.de.ts';

const nothingToDo = 'Waren Sie es nicht, ist nichts zu tun: Das Konto ist, wie es war.';
const resetAction = 'Neues Passwort wählen';
const notYou =
  'Waren Sie es nicht, wählen Sie sofort ein neues Passwort: Es beendet alle Sitzungen Ihres Kontos.';

/** Says every mail in German. */
export const german: Language = (date) => {
  const when = (occasion: Occasion) => whenAndWhere(date, occasion);
  const once = (until: Date) => `Der Link gilt einmal, bis ${date(until)}.`;
  return {
    'verify-email': ({ asked, until }) => ({
      subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
      paragraphs: [
        `Jemand hat sich mit dieser Adresse registriert: ${when(asked)}.`,
        `Waren Sie es, bestätigen Sie die Adresse, um abzuschließen. ${once(until)}`,
      ],
      action: 'Adresse bestätigen',
      footer: ['Waren Sie es nicht, ist nichts zu tun: Ohne Bestätigung entsteht kein Konto.'],
    }),
    'account-exists': ({ asked }) => ({
      subject: 'Sie haben schon ein Konto',
      paragraphs: [
        `Jemand hat sich mit dieser Adresse registriert oder die Bestätigung noch einmal angefordert: ${when(asked)}.`,
        'Es gibt schon ein Konto mit ihr: Melden Sie sich einfach an.',
      ],
      action: 'Zur Anmeldung',
      footer: [nothingToDo],
    }),
    welcome: ({ name }) => ({
      subject: 'Willkommen',
      paragraphs: [
        `Guten Tag ${name},`,
        'Ihre Adresse ist bestätigt und Ihr Konto bereit. Sie können sich jetzt anmelden.',
      ],
      action: 'Zur Anmeldung',
      footer: ['Wir schreiben an diese Adresse, wenn mit Ihrem Konto etwas Wichtiges geschieht.'],
    }),
    'reset-password': ({ asked, until }) => ({
      subject: 'Wählen Sie ein neues Passwort',
      paragraphs: [
        `Jemand hat ein neues Passwort für Ihr Konto angefordert: ${when(asked)}.`,
        `Waren Sie es, wählen Sie eines. Es beendet alle Sitzungen Ihres Kontos. ${once(until)}`,
      ],
      action: resetAction,
      footer: ['Waren Sie es nicht, ist nichts zu tun: Ihr Passwort bleibt, wie es ist.'],
    }),
    invitation: ({ until }) => ({
      subject: 'Sie sind eingeladen',
      paragraphs: [
        'Wer diesen Dienst betreibt, hat ein Konto für Sie angelegt.',
        `Wählen Sie ein Passwort, um es zu benutzen. ${once(until)}`,
      ],
      action: 'Passwort wählen',
      footer: ['Wissen Sie nicht, worum es geht, ist nichts zu tun.'],
    }),
    'sign-in-code': ({ asked, until }) => ({
      subject: 'Ihr Anmeldecode',
      paragraphs: [
        `Jemand möchte sich an Ihrem Konto anmelden: ${when(asked)}.`,
        `Sind Sie es, geben Sie diesen Code dort ein, wo Sie danach gefragt wurden. Er gilt einmal, bis ${date(until)}.`,
      ],
      footer: [
        'Sind Sie es nicht, ist nichts zu tun. Geben Sie den Code niemandem, wer immer danach fragt.',
      ],
    }),
    'no-account': ({ asked }) => ({
      subject: 'Sie haben hier kein Konto',
      paragraphs: [
        `Jemand wollte sich mit dieser Adresse anmelden oder hat ein neues Passwort angefordert: ${when(asked)}.`,
        'Es gibt kein Konto mit ihr. Waren Sie es, haben Sie sich vielleicht mit einer anderen Adresse registriert.',
      ],
      footer: ['Waren Sie es nicht, ist nichts zu tun.'],
    }),
    'change-email': ({ asked, until }) => ({
      subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
      paragraphs: [
        `Jemand möchte diese Adresse für sein Konto verwenden: ${when(asked)}.`,
        `Waren Sie es, bestätigen Sie die Adresse. ${once(until)}`,
      ],
      action: 'Neue Adresse bestätigen',
      footer: ['Waren Sie es nicht, ist nichts zu tun: Ohne Bestätigung ändert sich nichts.'],
    }),
    'address-taken': ({ asked }) => ({
      subject: 'Diese Adresse hat schon ein Konto',
      paragraphs: [
        `Jemand möchte diese Adresse für ein anderes Konto verwenden: ${when(asked)}.`,
        'Das geht nicht: Es gibt schon ein Konto mit ihr.',
      ],
      footer: [nothingToDo],
    }),
    'email-change-warning': ({ asked, newAddress }) => ({
      subject: 'Ihre E-Mail-Adresse soll sich ändern',
      paragraphs: [
        `Jemand möchte diese Adresse Ihres Kontos durch eine andere, ${newAddress}, ersetzen: ${when(asked)}.`,
        'Sie ändert sich, sobald die andere bestätigt ist. Waren Sie es, ist hier nichts zu tun.',
        notYou,
      ],
      action: resetAction,
      footer: [],
    }),
    'new-device': ({ done }) => ({
      subject: 'Neue Anmeldung an Ihrem Konto',
      paragraphs: [
        `Jemand hat sich mit einem neuen Gerät an Ihrem Konto angemeldet: ${when(done)}.`,
        'Waren Sie es, ist nichts zu tun.',
        notYou,
      ],
      action: resetAction,
      footer: [],
    }),
    'password-changed': ({ done }) => ({
      subject: 'Ihr Passwort wurde geändert',
      paragraphs: [
        `Das Passwort Ihres Kontos wurde geändert: ${when(done)}.`,
        'Waren Sie es, ist nichts zu tun.',
        notYou,
      ],
      action: resetAction,
      footer: [],
    }),
    'email-changed': ({ done }) => ({
      subject: 'Ihre E-Mail-Adresse wurde geändert',
      paragraphs: [
        `Die Adresse Ihres Kontos wurde geändert: ${when(done)}. Unsere Mails gehen ab jetzt an die neue.`,
        'Waren Sie es nicht, wenden Sie sich sofort an den Betreiber dieses Dienstes.',
      ],
      footer: ['Waren Sie es, ist nichts zu tun.'],
    }),
    'token-reused': ({ done }) => ({
      subject: 'Eine Ihrer Sitzungen wurde beendet',
      paragraphs: [
        `Ein schon ersetzter Schlüssel zu Ihrem Konto wurde noch einmal verwendet: ${when(done)}. Jemand könnte ihn kopiert haben; darum wurde die Sitzung beendet.`,
        'Wenn ein Gerät Sie bittet, sich neu anzumelden, ist das der Grund.',
        'Können Sie es sich nicht erklären, wählen Sie ein neues Passwort: Es beendet alle Sitzungen Ihres Kontos.',
      ],
      action: resetAction,
      footer: [],
    }),
    ...privacyInGerman(date, when),
  };
};

function whenAndWhere(date: WriteDate, { at, ipAddress, userAgent }: Occasion): string {
  const device = describeDevice(userAgent);
  return [
    `am ${date(at)}`,
    ...(ipAddress === null ? [] : [`von der Netzadresse ${ipAddress}`]),
    ...(device === null ? [] : [`mit ${nameOf(device)}`]),
  ].join(', ');
}

function nameOf({ browser, system }: Device): string {
  return `${browser ?? 'einem Programm'}${system === null ? '' : ` unter ${system}`}`;
}
