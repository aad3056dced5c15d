import { builder } from '../../graphql/builder.ts';
import { EventInterface } from '../../graphql/event-types.ts';
import { sharedBy, sharedEvent } from '../../graphql/shared-by.ts';
import { readSecurityNotice, readSessionRevoked } from './session.events.ts';
import { RevokeReasonEnum, Session } from './session.schema.ts';

type Event = typeof EventInterface.$inferType;

/** Shows an event to the user whom it concerns. */
const ownEvent = {
  ...sharedEvent(({ userId }) => [userId], 'self'),
  authScopes: ({ userId }: Event) => userId !== null && { self: userId },
};

builder.objectRef<Event>('SessionRevoked').implement({
  interfaces: [EventInterface],
  description: 'A session ended before its time. Seen by its user.',
  ...ownEvent,
  fields: (t) => ({
    sessionId: t.globalID({
      ...sharedBy(),
      description: 'Which session; good for `node`.',
      resolve: (event) => ({ type: Session, id: readSessionRevoked(event).sessionId }),
    }),
    reason: t.field({
      ...sharedBy(),
      type: RevokeReasonEnum,
      description: 'Why it ended.',
      resolve: (event) => readSessionRevoked(event).reason,
    }),
  }),
});

const SecurityNoticeKindEnum = builder.enumType('SecurityNoticeKind', {
  description: 'What a user should look into.',
  values: {
    NEW_DEVICE: {
      description:
        'A session began on a device that none before it came from, by what clients say of themselves.',
    },
    PASSWORD_CHANGED: { description: 'The password of the account was changed.' },
    EMAIL_CHANGED: { description: 'The address of the account was changed.' },
    TOKEN_REUSED: {
      description:
        'A refresh token came back that had been replaced: somebody may have a copy. The session has ended.',
    },
  } as const,
});

builder.objectRef<Event>('SecurityNotice').implement({
  interfaces: [EventInterface],
  description: 'Something that the user whom it concerns should look into. Seen by that user.',
  ...ownEvent,
  fields: (t) => ({
    kind: t.field({
      ...sharedBy(),
      type: SecurityNoticeKindEnum,
      description: 'What it is.',
      resolve: (event) => readSecurityNotice(event).kind,
    }),
    session: t.prismaField({
      ...sharedBy('permissions', 'self'),
      type: Session,
      nullable: true,
      description:
        'Which session it is about; null when it is about none, when that is gone or the viewer may not see it.',
      resolve: ({ ...query }, event, _args, { services, viewer, rows }) => {
        const { sessionId } = readSecurityNotice(event);
        return sessionId === undefined
          ? null
          : services.sessions.findVisible(viewer, sessionId, query, rows);
      },
    }),
  }),
});
