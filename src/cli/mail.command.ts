import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import type { LetterKind } from '../modules/auth/mails/letter.ts';
import { mailLanguages } from '../modules/auth/mails/mail-language.ts';
import { letterKinds, sampleLetter } from '../modules/auth/mails/sample-letters.ts';
import { writeMail } from '../modules/auth/mails/write-mail.ts';
import type { MailContent } from '../platform/mail/mail.ts';
import { examples, type Report, reporting } from './reporting.ts';

interface PreviewOptions {
  language: (typeof mailLanguages)[number];
  html?: true;
  out?: string;
}

const publicUrl = 'https://accounts.example.com';

/** Builds the commands about mails; they need neither configuration nor database. */
export function mailCommand(): Command {
  const preview = new Command('preview')
    .description('show mails with sample data: all of them, or those of one kind')
    .addArgument(new Argument('[kind]', 'which mail').choices(letterKinds))
    .addOption(
      new Option('--language <tag>', 'in which language').choices(mailLanguages).default('en'),
    )
    .addOption(new Option('--text', 'as plain text (default)'))
    .addOption(new Option('--html', 'as HTML').conflicts('text'))
    .option('--out <folder>', 'write both forms of each into files there instead')
    .addHelpText(
      'after',
      examples('mail preview welcome --language de', 'mail preview --out mails'),
    )
    .action(reporting(showMails));
  return new Command('mail').description('looks after mails').addCommand(preview);
}

function showMails(kind: LetterKind | undefined, options: PreviewOptions): Report {
  const { language, html, out } = options;
  const sender = { publicUrl, appUrl: publicUrl, mailLanguage: language };
  const kinds = kind === undefined ? letterKinds : [kind];
  const mails = kinds.map((each) => ({
    kind: each,
    ...writeMail(sampleLetter(each, null), sender),
  }));
  if (out === undefined) {
    const show = (mail: Preview) => (html ? mail.html : `Subject: ${mail.subject}\n\n${mail.text}`);
    return { data: mails, text: mails.map(show).join('\n') };
  }
  const files = mails.flatMap((mail) => writeFiles(mail, language, out));
  return { data: { files }, text: files.join('\n') };
}

interface Preview extends MailContent {
  kind: LetterKind;
}

/** Writes both forms of a mail; answers where. */
function writeFiles(mail: Preview, language: string, folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return (['html', 'text'] as const).map((form) => {
    const file = join(folder, `${mail.kind}.${language}.${form === 'html' ? 'html' : 'txt'}`);
    writeFileSync(file, mail[form]);
    return file;
  });
}
