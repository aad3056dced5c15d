interface Addresses {
  readonly port: number;
  readonly publicUrl: string;
  readonly appUrl: string;
}

/** Puts the port that the system chose where port 0 asked for any. */
export function withPort<Addressed extends Addresses>(config: Addressed, port: number): Addressed {
  if (config.port !== 0) return config;
  const fill = (url: string) => url.replace(/:0(?=\/|$)/, `:${port}`);
  return { ...config, port, publicUrl: fill(config.publicUrl), appUrl: fill(config.appUrl) };
}
