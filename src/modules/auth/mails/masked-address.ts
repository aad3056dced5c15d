/** Hides most of an address, so that it can be recognised but neither read nor followed, e.g. `a***@e***.org`. */
export function maskAddress(address: string): string {
  const [, first = '*', site = '*', end = ''] =
    /^([a-z0-9])?[^@]*@([a-z0-9])?.*?(\.[a-z]{2,6})?$/i.exec(address) ?? [];
  return `${first}***@${site}***${end}`;
}
