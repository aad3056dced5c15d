import { Zip, ZipDeflate, type ZipInputFile, ZipPassThrough } from 'fflate';

/** A file of an archive, piece by piece. */
export interface ArchivedFile {
  name: string;
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Whether packing makes it smaller; what is packed already is stored as it is. */
  packs: boolean;
}

/** Puts files into a ZIP archive. At no time there is more of them in memory than one piece. */
export async function zipFiles(
  files: Iterable<ArchivedFile>,
  modifiedAt: Date,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(chunk);
  });
  for (const { name, pieces, packs } of files) {
    const file: ZipInputFile & Pick<ZipDeflate, 'push'> = packs
      ? new ZipDeflate(name)
      : new ZipPassThrough(name);
    file.mtime = modifiedAt;
    archive.add(file);
    for await (const piece of pieces) file.push(piece);
    file.push(new Uint8Array(), true);
  }
  archive.end();
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}
