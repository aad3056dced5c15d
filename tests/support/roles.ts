import type { RoleInput } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';
import { globalId, type Person } from './people.ts';
import { type Answer, ask, send } from './request.ts';
import type { TestApp } from './test-app.ts';

/** Makes a role. */
export const CreateRole = graphql(`
  mutation CreateRole($input: RoleInput!) {
    createRole(input: $input) {
      __typename
      ... on Role { id key description permissions builtIn }
      ... on Error { code message }
      ... on ConflictError { conflictPath: path }
      ... on ValidationError { issues { path code } }
    }
  }
`);

/** Replaces what a role is made of. */
export const UpdateRole = graphql(`
  mutation UpdateRole($id: ID!, $input: RoleInput!) {
    updateRole(id: $id, input: $input) {
      __typename
      ... on Role { id key description permissions builtIn }
      ... on Error { code message }
      ... on ConflictError { conflictPath: path }
      ... on ValidationError { issues { path code } }
    }
  }
`);

/** Deletes a role. */
export const DeleteRole = graphql(`
  mutation DeleteRole($id: ID!) {
    deleteRole(id: $id) {
      __typename
      ... on Ack { ok }
      ... on Error { code message }
    }
  }
`);

/** Makes a role as somebody; answers what the mutation does. */
export const createRole = async (testApp: TestApp, person: Person, input: RoleInput) =>
  (await ask(testApp, CreateRole, { input }, person)).createRole;

/** Replaces what a role is made of, as somebody. */
export const updateRole = async (testApp: TestApp, person: Person, id: string, input: RoleInput) =>
  (await ask(testApp, UpdateRole, { id, input }, person)).updateRole;

/** Deletes a role, as somebody. */
export const deleteRole = async (testApp: TestApp, person: Person, id: string) =>
  (await ask(testApp, DeleteRole, { id }, person)).deleteRole;

/** Asks for a role to be made, by whoever has that token. */
export const requestRole = (
  testApp: TestApp,
  accessToken: string | undefined,
  input: RoleInput,
): Promise<Answer<unknown>> => send(testApp, CreateRole, { input }, { accessToken });

/** Answers the global id of a role that is there. */
export async function roleIdOf({ database }: TestApp, key: string): Promise<string> {
  const { id } = await database.prisma.role.findUniqueOrThrow({ where: { key } });
  return globalId('Role', id);
}

/** Makes a role without asking anybody; answers its global id. */
export async function placeRole(
  { database }: TestApp,
  key: string,
  permissions: string[],
): Promise<string> {
  const { id } = await database.prisma.role.create({ data: { key, permissions } });
  return globalId('Role', id);
}

/** Reads the entries of the audit trail about a role, oldest first. */
export const auditOfRole = ({ database }: TestApp, targetId: string) =>
  database.prisma.auditEvent.findMany({
    where: { targetId },
    select: { action: true, actorId: true, metadata: true },
    orderBy: { id: 'asc' },
  });
