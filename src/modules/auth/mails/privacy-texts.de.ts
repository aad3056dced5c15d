import type { PrivacyKind, SomeTexts } from './mail-texts.ts';

/** Says in German what is kept of a person, and until when. */
export const privacyInGerman: SomeTexts<PrivacyKind> = (date, when) => ({
  'deletion-scheduled': ({ done, dueAt }) => ({
    subject: 'Ihr Konto wird gelöscht',
    paragraphs: [
      `Die Löschung Ihres Kontos wurde verlangt: ${when(done)}.`,
      `Es wird am ${date(dueAt)} gelöscht, mit allem, was über Sie gespeichert ist. Danach kann es niemand wiederherstellen.`,
      'Bis dahin ist es, wie es war: Um es zu behalten, melden Sie sich an und widerrufen Sie die Löschung.',
    ],
    action: 'Zur Anmeldung',
    footer: [
      'Waren Sie es nicht, widerrufen Sie die Löschung und wählen Sie ein neues Passwort: Es beendet alle Sitzungen Ihres Kontos.',
    ],
  }),
  'deletion-cancelled': ({ done }) => ({
    subject: 'Ihr Konto bleibt bestehen',
    paragraphs: [
      `Die Löschung Ihres Kontos wurde widerrufen: ${when(done)}.`,
      'Waren Sie es, ist nichts zu tun.',
      'Waren Sie es nicht, wählen Sie sofort ein neues Passwort, das alle Sitzungen Ihres Kontos beendet, und verlangen Sie die Löschung noch einmal.',
    ],
    action: 'Neues Passwort wählen',
    footer: [],
  }),
  'account-deleted': ({ at, wished }) => ({
    subject: 'Ihr Konto wurde gelöscht',
    paragraphs: [
      wished
        ? `Ihr Konto wurde am ${date(at)} gelöscht, wie Sie es verlangt haben.`
        : `Ihr Konto wurde am ${date(at)} von der Verwaltung gelöscht.`,
      'Es lässt sich nicht wiederherstellen. Diese Adresse ist wieder frei.',
    ],
    footer: ['Kommt das unerwartet, wenden Sie sich an den Betreiber dieses Dienstes.'],
  }),
  'data-export-ready': ({ until }) => ({
    subject: 'Ihre Daten liegen bereit',
    paragraphs: [
      'Was über Sie gespeichert ist, wurde zusammengestellt, wie Sie es verlangt haben.',
      `Melden Sie sich an, um es herunterzuladen. Es liegt bis ${date(until)} bereit, nur für Sie.`,
    ],
    action: 'Zur Anmeldung',
    footer: [
      'Haben Sie es nicht verlangt, wählen Sie ein neues Passwort: Es beendet alle Sitzungen Ihres Kontos.',
    ],
  }),
});
