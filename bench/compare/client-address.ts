/** Makes an address for a client, so that limits by address count each for itself. */
export function addressOf(group: number, client: number): string {
  return `10.${group}.${(client >> 8) & 255}.${client & 255}`;
}
