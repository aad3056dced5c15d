import sharp from 'sharp';

/** A picture of which one can tell which side is up: red above, blue below. */
const drawing = (width: number, height: number) => `
  <svg width="${width}" height="${height}" xmlns="http://www.w3.org/2000/svg">
    <rect width="100%" height="50%" fill="#f00"/>
    <rect y="50%" width="100%" height="50%" fill="#00f"/>
  </svg>`;

/** Draws a picture in the format and size; 640 × 480 JPEG unless told. */
export function drawPicture(
  format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff' = 'jpeg',
  { width = 640, height = 480 } = {},
): Promise<Buffer> {
  return sharp(Buffer.from(drawing(width, height)))
    .toFormat(format)
    .toBuffer();
}

/** Makes noise, which hardly gets smaller: a PNG of somewhat more than three bytes for each pixel. */
export function drawNoise(width: number, height: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  return sharp({ create: { width, height, channels: 3, background: '#888', noise } })
    .png({ compressionLevel: 0 })
    .toBuffer();
}
