import { builder } from '../../graphql/builder.ts';
import { credentialOperation } from '../../graphql/credential-operations.ts';
import {
  ConflictError,
  InvalidTokenError,
  RateLimitedError,
  StepUpRequiredError,
  ValidationError,
} from '../../platform/errors.ts';
import { Accepted } from './auth.schema.ts';
import { accepted, EmailInput, TokenInput } from './auth-inputs.schema.ts';

builder.mutationField('requestEmailChange', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: Accepted,
    nullable: true,
    description:
      'Asks for another address: it is sent a link, good for an hour, and counts once that is followed; the present address is warned. Needs a recent proof of who the caller is.',
    errors: { types: [ValidationError, RateLimitedError, StepUpRequiredError] },
    args: { input: t.arg({ type: EmailInput, required: true, description: 'The new address.' }) },
    resolve: (_root, { input }, { services, viewer, origin }) =>
      services.emailChange.requestEmailChange(origin, viewer, input.email).then(() => accepted),
  }),
);

builder.mutationField('confirmEmailChange', (t) =>
  t.prismaField({
    type: 'User',
    nullable: true,
    description:
      'Gives the account the address that the token was mailed to. Whoever has the token may do it; sessions go on. Nobody is signed in, so `delivery` does not matter.',
    extensions: credentialOperation,
    errors: { types: [InvalidTokenError, ConflictError, RateLimitedError] },
    grantScopes: ['ownAccount'],
    args: { input: t.arg({ type: TokenInput, required: true, description: 'The token.' }) },
    resolve: (query, _root, { input }, { services, origin }) =>
      services.emailChange.confirmEmailChange(origin, input.token, query),
  }),
);
