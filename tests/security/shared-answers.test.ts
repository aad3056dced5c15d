import { beforeAll, describe, expect, it } from 'vitest';
import type { LoggedEvent } from '../../src/generated/prisma/client.ts';
import type { Context } from '../../src/graphql/context.ts';
import { createAnswerEvent } from '../../src/graphql/event-answers.ts';
import { messageReceived } from '../../src/modules/message/message.events.ts';
import { contextOf, createWorld, type World } from '../support/access-world.ts';
import { type Person, signUp, signUpAdmin, signUpWith } from '../support/people.ts';
import {
  answerOf,
  fieldsReached,
  handingOut,
  liveEntry,
  type ReachedField,
  readerOf,
  typesTold,
  written,
} from '../support/shared-answers.ts';
import { logged } from '../support/specimens.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

/** Types that specimens are made of, so that no rule on the way to them stands before their own. */
const sources = [
  'EventEnvelope',
  'UserChanged',
  'SessionRevoked',
  'SecurityNotice',
  'RoleChanged',
  'AuditEventAppended',
  'MessageReceived',
  'MessageSent',
  'PresenceChanged',
  'StreamCaughtUp',
  'StreamGap',
  'StreamHeartbeat',
  'StreamAuthExpiring',
  'User',
  'Session',
  'Role',
  'AuditEvent',
];

const fields = [
  ...fieldsReached(sources),
  // By the way of an event, on which rows are shared, too.
  ...fieldsReached(['User'])
    .filter(({ coordinate }) => coordinate.startsWith('User.'))
    .map((field) => ({ ...field, from: 'UserChanged', selection: `user { ${field.selection} }` })),
  ...fieldsReached(['Session'])
    .filter(({ coordinate }) => /^Session\./.test(coordinate))
    .map((field) => ({
      ...field,
      from: 'SecurityNotice',
      selection: `session { ${field.selection} }`,
    })),
  // What is written to all, by one of those who read it, and who that is.
  ...fieldsReached(['Message', 'User'])
    .filter(({ coordinate }) => /^(Message|User)\./.test(coordinate))
    .map(({ coordinate, from, selection }) => ({
      coordinate,
      from: 'MessageReceived',
      specimen: 'broadcast',
      selection: `message { ${from === 'User' ? `sender { ${selection} }` : selection} }`,
    })),
  {
    coordinate: 'all that is attached to a user',
    from: 'UserChanged',
    selection:
      'user { roles { id key description permissions builtIn } permissions avatar(size: 64) { url width } }',
  },
];

/** What each viewer is answered for itself, for reasons of their own. */
const unshared = [
  // Says who asks.
  'Session.isCurrent',
  // Pages, and what is met in them: each costs statements, and few who follow an account ask for them.
  'User.sessions',
  'SessionConnection.*',
  'SessionEdge.*',
  'PageInfo.*',
  'User.auditEvents',
  'AuditEventConnection.*',
  'AuditEventEdge.*',
  // Lead to accounts that the event does not say that it involves.
  'AuditEvent.actor',
  'Message.recipient',
  // Who sees whose presence depends on whom that one has blocked.
  'PresenceChanged.presence',
  'Presence.*',
  'User.presence',
  'Session.liveConnections',
];

let testApp: TestApp;
let world: World;
/** Two of each column, and sessions of one user. */
let viewers: Record<string, Context>;

beforeAll(async () => {
  const started = await startTestApp();
  testApp = started;
  world = await createWorld(testApp);
  const { self, other, support, admin } = world.people;
  const toAll = { channel: 'broadcast', conversation: 'broadcast', body: 'x' };
  const { id } = await testApp.database.prisma.message.create({
    data: { ...toAll, senderId: self.userId },
  });
  const to = { channel: 'broadcast', senderId: self.userId };
  world.specimens.broadcast = logged(messageReceived(id, to));
  const people: Record<string, Person> = {
    self,
    other,
    'another other': await signUp(testApp, 'Eve'),
    support,
    'another support': await signUpWith(testApp, ['users:read', 'sessions:read']),
    reader: await signUpWith(testApp, ['users:read']),
    admin,
    'another admin': await signUpAdmin(testApp),
  };
  viewers = {
    stranger: await contextOf(testApp, undefined),
    'another stranger': await contextOf(testApp, undefined),
    'self elsewhere': await contextOf(testApp, (await world.startSession(self)).accessToken),
    'admin elsewhere': await contextOf(testApp, (await world.startSession(admin)).accessToken),
  };
  for (const [name, { accessToken }] of Object.entries(people)) {
    viewers[name] = await contextOf(testApp, accessToken);
  }
  return started.stop;
}, 240_000);

/** Finds the event that an answer is about: that of the specimen, or a change of its user. */
function eventOf(name: string): LoggedEvent {
  const specimen = world.specimens[name];
  const isEvent = Object(specimen).sequence !== undefined;
  const event = isEvent ? specimen : world.specimens.UserChanged;
  return { ...(event as LoggedEvent) };
}

/** A field, and the name of the object that it is asked of where that is not the type's. */
type Asked = ReachedField & { specimen?: string };

/** Asks for a field in everybody's name: in one moment, in two orders, and each alone. */
async function askFor({ from, specimen = from, selection }: Asked) {
  const event = eventOf(specimen);
  const entry = liveEntry(event);
  const of = handingOut(
    from,
    from === 'EventEnvelope' ? entry : (world.specimens[specimen] ?? event),
  );
  const query = `subscription { specimen { ${selection} } }`;
  const executed: string[] = [];
  const readerFor = (name: string) => {
    const identify = async () => ({ ...(viewers[name] as Context) });
    return readerOf({ of, query, entry, identify, onExecute: () => executed.push(name) });
  };
  async function askTogether(names: readonly string[]) {
    executed.splice(0);
    const answerEvent = createAnswerEvent(of);
    const answers = await Promise.all(
      names.map((name) => answerOf(answerEvent, entry, readerFor(name))),
    );
    const told = names.map((name, index) => [name, written(answers[index] ?? {})]);
    return { told: Object.fromEntries(told), executed: [...executed] };
  }
  const names = Object.keys(viewers);
  const together = [await askTogether(names), await askTogether(names.toReversed())];
  const alone: Record<string, unknown> = {};
  for (const name of names) {
    const reader = readerFor(name);
    alone[name] = written(await reader.execute(await reader.identify()));
  }
  return { together, alone };
}

describe('an answer that is shared', () => {
  it('is looked at for every type that a stream can tell of', () => {
    const looked = new Set(fields.map(({ coordinate }) => coordinate.split('.')[0]));
    const told = typesTold().map(({ name }) => name);
    expect(told.filter((name) => !looked.has(name))).toEqual([]);
  });

  it.each(fields)('is what each would be told alone: $coordinate of $from', async (field) => {
    const { together, alone } = await askFor(field);
    const isShared = isDeclared(field) && !JSON.stringify(alone.admin).includes('"errors"');
    for (const { told, executed } of together) {
      expect(told).toEqual(alone);
      const forAdmins = executed.filter((name) => name.includes('admin')).length;
      if (isShared) expect(forAdmins).toBeLessThanOrEqual(1);
      else expect(forAdmins).toBe(3);
    }
  });

  it('is one of fields that say what it depends on; the others are here', () => {
    const undeclared = fields.filter((field) => !isDeclared(field));
    const names = undeclared.map(({ coordinate }) => {
      const [typename = ''] = coordinate.split('.');
      const ofType = fields.filter((field) => field.coordinate.startsWith(`${typename}.`));
      return ofType.some(isDeclared) ? coordinate : `${typename}.*`;
    });
    const advice = 'Declare what it depends on (src/graphql/shared-by.ts), or say here why not';
    expect([...new Set(names)].sort(), advice).toEqual([...unshared].sort());
  });
});

function isDeclared({ from, selection }: ReachedField): boolean {
  const of = handingOut(from, null);
  const query = `subscription { specimen { ${selection} } }`;
  const identify = () => Promise.reject(new Error('Nobody is asked.'));
  return readerOf({ of, query, entry: null, identify }).operation.grounds !== null;
}
