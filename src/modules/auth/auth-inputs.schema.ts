import { builder } from '../../graphql/builder.ts';
import { emailInputRules } from './auth.rules.ts';
import { deliveryOptions } from './token-delivery.schema.ts';

/** What is answered to every request for a mail. */
export const accepted = {
  message: 'If the address can be used, a mail is on its way to it.',
};

/** An address that something is asked for. */
export const EmailInput = builder.inputType('EmailInput', {
  description: 'An address.',
  validate: emailInputRules,
  fields: (t) => ({
    email: t.field({
      type: 'EmailAddress',
      required: true,
      description: 'The address.',
    }),
  }),
});

/** What a mail carries. */
export const TokenInput = builder.inputType('TokenInput', {
  description: 'A token out of a mail.',
  fields: (t) => ({
    token: t.string({ required: true, description: 'What stands after `#token=` in the link.' }),
    delivery: t.field(deliveryOptions),
  }),
});
