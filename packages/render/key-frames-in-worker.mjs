/**
 * A Rollup plugin that mends mediabunny's search for a key frame in Matroska and WebM. A recorder writes no index, and
 * with key frames far apart it begins clusters that have none; once such a cluster has been read, mediabunny looks from
 * there on forwards only and finds no key frame at all. Nothing shows then. Here it goes back to the cluster before.
 */

const found = `        if (bestCluster) {
            // If we finished looping but didn't find a perfect match`;

const goBack = `        if (!bestCluster && !startCluster && positionCacheEntry) {
            const before = positionCacheEntry.startTimestamp - 1;
            return this.performClusterLookup(null, getMatchInCluster, before, latestTimestamp, options);
        }
`;

/** @returns {import('rollup').Plugin} */
export function keyFramesInWorker() {
  return {
    name: 'key-frames-in-worker',
    transform(code, id) {
      if (!/[\\/]mediabunny[\\/].*[\\/]matroska-demuxer\.js$/.test(id)) return null;
      if (code.split(found).length !== 2 || !code.includes('const positionCacheEntry = '))
        return this.error('Mediabunny no longer looks for clusters as this build expects; look at it again.');
      return { code: code.replace(found, () => goBack + found), map: null };
    },
  };
}
