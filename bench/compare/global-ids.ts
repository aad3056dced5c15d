/** Puts the UUID in place of a global id, which is the base64 of `Type:UUID` (as Relay has it). */
export function decodeIds(node: object): object {
  const { id } = node as { id: string };
  return { ...node, id: Buffer.from(id, 'base64').toString().replace(/^\w+:/, '') };
}
