/* Latencies in nanoseconds: 128 steps for each power of two, so an error below 1 %. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>
#include <string.h>

#define STEPS 128
#define POWERS 57

struct histogram {
  uint64_t counts[POWERS * STEPS];
  uint64_t total;
  uint64_t max;
};

static inline int histogram_bucket(uint64_t ns) {
  if (ns < 2 * STEPS) return (int)ns;
  int power = 63 - __builtin_clzll(ns) - 7;
  return power * STEPS + (int)(ns >> power);
}

static inline uint64_t histogram_value(int bucket) {
  if (bucket < 2 * STEPS) return (uint64_t)bucket;
  int power = bucket / STEPS - 1;
  return (uint64_t)(bucket - power * STEPS) << power;
}

static inline void histogram_record(struct histogram *histogram, uint64_t ns) {
  histogram->counts[histogram_bucket(ns)]++;
  histogram->total++;
  if (ns > histogram->max) histogram->max = ns;
}

static inline uint64_t histogram_percentile(const struct histogram *histogram, double percentile) {
  double wanted = (double)histogram->total * percentile / 100.0;
  uint64_t seen = 0;
  for (int bucket = 0; bucket < POWERS * STEPS; bucket++) {
    seen += histogram->counts[bucket];
    if (seen > 0 && (double)seen >= wanted) return histogram_value(bucket);
  }
  return histogram->max;
}

static inline void histogram_reset(struct histogram *histogram) { memset(histogram, 0, sizeof *histogram); }

#endif
