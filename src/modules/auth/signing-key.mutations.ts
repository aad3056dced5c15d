import { Ack, acknowledged } from '../../graphql/ack.ts';
import { builder } from '../../graphql/builder.ts';
import { StepUpRequiredError } from '../../platform/errors.ts';

builder.mutationField('rotateSigningKey', (t) =>
  t.withAuth({ signedIn: true, permission: 'keys:rotate' }).field({
    type: Ack,
    nullable: true,
    description:
      'Makes the next key that access tokens are signed with. It is published at once and takes over some minutes later; what is signed with the one before stays valid until its end.',
    errors: { types: [StepUpRequiredError] },
    args: {
      compromised: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'Whether the keys so far may be in other hands: then they are removed, and all access tokens are refused until they are refreshed.',
      }),
    },
    resolve: (_root, { compromised }, { services, viewer, origin }) =>
      services.signingKeys.rotate(origin, viewer, compromised).then(() => acknowledged),
  }),
);
