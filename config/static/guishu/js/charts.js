/*
 * Charts, by ECharts on canvas. {% chart kind id data label %} draws the place; a page with charts
 * loads vendor/echarts.min.js (defer) and this file in its block "scripts".
 *
 * Kinds and their data (all words come from the server, in its language):
 *   stacked  { names: [], series: [{ name, tone, values: [] }], unit?, lying?, dense? }
 *            bars piled up; tone: paid, held, reversed, own, …; unit "money" when values are cents;
 *            lying: names on the left; dense: names may be left out where there is no room
 *   bars     { names: [], series: [{ name, tone, values: [] }] }
 *            bars beside each other, lying, each with its number
 *   rates    { names: [], bars: [{ name, tone, values: [] }], line: { name, tone, values: [] } }
 *            bars beside each other, and a line in per cent
 *   change   { names: [], before: [], after: [], words: { before, after } }
 *            from a ring to a dot on the scale of levels
 *   gap      { names: [], is: [], want: [], floor: [], min, max, words: { is, want, floor } }
 *            dot = is, ring = want, bar = floor; only the part below the floor is copper
 *   pareto   { names: [], counts: [], cumulative: [], vital, words: { count, cumulative } }
 *            counts with their cumulative per cent; the first `vital` ones carry the colour
 *   lines    { names: [], series: [{ name, tone, values: [] }], min?, max? }; null: nothing known
 *
 * Colours are read from the tokens at run time, and again when the theme changes. Tooltips are rich
 * text: HTML ones would need style attributes, which the content security policy forbids.
 */

const NAMES = [
  ...["own", "free", "protected", "lapsing", "contested", "lapsed", "held", "paid", "reversed"],
  ...["ink", "ink-2", "line", "line-strong", "paper"],
];

const probe = document.createElement("span");
probe.hidden = true;

function tokens() {
  document.body.append(probe);
  const found = {};
  for (const name of NAMES) {
    probe.style.color = `var(--gs-${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  found.font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return found;
}

const narrow = () => innerWidth <= 720;
const language = () => document.documentElement.lang;
const small = () => (narrow() ? 10 : 12);

function base(t) {
  return {
    animation: false,
    textStyle: { fontFamily: t.font, fontSize: small(), color: t["ink-2"] },
    grid: { left: 8, right: 12, top: 34, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: { top: 0, left: 0, icon: "rect", itemWidth: 10, itemHeight: 10, textStyle: { color: t["ink-2"] } },
    tooltip: {
      renderMode: "richText",
      confine: true,
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: t["line-strong"], opacity: 0.18 } },
      backgroundColor: t.paper,
      borderColor: t["line-strong"],
      textStyle: { color: t.ink, fontFamily: t.font, fontSize: 12 },
    },
    aria: { enabled: true, decal: { show: false } },
  };
}

const categories = (t, more) => ({
  axisLine: { lineStyle: { color: t["line-strong"] } },
  axisTick: { show: false },
  ...more,
  type: "category",
  axisLabel: { color: t["ink-2"], fontSize: small(), ...more.axisLabel },
});

const values = (t, more = {}) => ({
  type: "value",
  splitLine: { lineStyle: { color: t.line } },
  ...more,
  axisLabel: { color: t["ink-2"], fontSize: small(), ...more.axisLabel },
});

/* Cents as people read them: short on the axis, whole in the tooltip. */
const briefly = (cents) =>
  new Intl.NumberFormat(language(), { notation: "compact", maximumFractionDigits: 1 }).format(cents / 100).replace("-", "−");
const wholly = (cents) =>
  new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(cents / 100).replace("-", "−");

const wrapped = () => ({ width: narrow() ? 84 : 168, overflow: "break", lineHeight: 15 });

/* Many names need a second line above the bars. */
const roomForLegend = (t, series) =>
  series.length > 4 ? { grid: { ...base(t).grid, top: narrow() ? 74 : 52 } } : {};

const bar = (series, t, place) => ({
  name: series.name,
  type: "bar",
  itemStyle: { color: t[series.tone] },
  label: { show: true, position: place, color: t["ink-2"], fontSize: small() },
  data: series.values,
});

const line = (series, t) => ({
  name: series.name,
  type: "line",
  symbolSize: 6,
  lineStyle: { width: 2, color: t[series.tone] },
  itemStyle: { color: t[series.tone] },
  data: series.values,
});

const kinds = {
  stacked: (d, t) => {
    const names = categories(t, {
      data: d.names,
      inverse: Boolean(d.lying),
      axisLabel: { interval: d.dense ? "auto" : 0, hideOverlap: Boolean(d.dense) },
    });
    const numbers = values(t, { minInterval: 1, axisLabel: { formatter: d.unit === "money" ? briefly : undefined } });
    return {
      ...base(t),
      ...roomForLegend(t, d.series),
      tooltip: { ...base(t).tooltip, valueFormatter: d.unit === "money" ? wholly : undefined },
      xAxis: d.lying ? numbers : names,
      yAxis: d.lying ? names : numbers,
      series: d.series.map((series) => ({
        name: series.name,
        type: "bar",
        stack: "all",
        barWidth: 26,
        barMaxWidth: "60%",
        itemStyle: { color: t[series.tone] },
        data: series.values,
      })),
    };
  },

  bars: (d, t) => ({
    ...base(t),
    grid: { ...base(t).grid, right: 40 },
    xAxis: values(t, { minInterval: 1 }),
    yAxis: categories(t, { data: d.names, inverse: true, axisLabel: wrapped() }),
    series: d.series.map((series) => ({ ...bar(series, t, "right"), barMaxWidth: 24 })),
  }),

  rates: (d, t) => ({
    ...base(t),
    xAxis: categories(t, { data: d.names, axisLabel: { interval: 0, ...wrapped() } }),
    yAxis: [
      values(t, { minInterval: 1 }),
      values(t, { min: 0, splitLine: { show: false }, axisLabel: { formatter: "{value}%" } }),
    ],
    series: [
      ...d.bars.map((series) => ({ ...bar(series, t, "top"), barMaxWidth: 26 })),
      { ...line(d.line, t), yAxisIndex: 1, tooltip: { valueFormatter: (x) => `${x}%` } },
    ],
  }),

  change: (d, t) => {
    const stack = { type: "bar", stack: "way", silent: true, barWidth: 6, tooltip: { show: false } };
    const point = (list) => list.map((x, i) => [x, i]);
    return {
      ...base(t),
      tooltip: { ...base(t).tooltip, trigger: "item", formatter: (p) => `${d.names[p.value[1]]}\n${p.seriesName} ${p.value[0]}` },
      grid: { ...base(t).grid, right: 28 },
      xAxis: values(t, { min: 1, max: 5, interval: narrow() ? 1 : 0.5 }),
      yAxis: categories(t, { data: d.names, inverse: true, axisLabel: wrapped() }),
      legend: {
        ...base(t).legend,
        icon: undefined,
        data: [
          { name: d.words.before, icon: "circle" },
          { name: d.words.after, icon: "circle" },
        ],
      },
      series: [
        { ...stack, itemStyle: { color: "transparent" }, data: d.before.map((x, i) => Math.min(x, d.after[i])) },
        { ...stack, itemStyle: { color: t.paid }, data: d.before.map((x, i) => Math.max(d.after[i] - x, 0)) },
        { ...stack, itemStyle: { color: t.held }, data: d.before.map((x, i) => Math.max(x - d.after[i], 0)) },
        {
          name: d.words.before,
          type: "scatter",
          symbolSize: 12,
          itemStyle: { color: t.paper, borderColor: t["ink-2"], borderWidth: 2, opacity: 1 },
          data: point(d.before),
          z: 3,
        },
        { name: d.words.after, type: "scatter", symbolSize: 13, itemStyle: { color: t.own, opacity: 1 }, data: point(d.after), z: 4 },
      ],
    };
  },

  lines: (d, t) => ({
    ...base(t),
    xAxis: categories(t, { data: d.names, axisLabel: { hideOverlap: true } }),
    yAxis: values(t, { min: d.min, max: d.max }),
    series: d.series.map((series) => line(series, t)),
  }),

  gap: (d, t) => {
    const bar = { type: "bar", stack: "gap", silent: true, barWidth: 6, tooltip: { show: false } };
    const point = (list) => list.map((x, i) => [x, i]);
    return {
      ...base(t),
      tooltip: { ...base(t).tooltip, trigger: "item", formatter: (p) => `${d.names[p.value[1]]}\n${p.seriesName} ${p.value[0]}` },
      grid: { ...base(t).grid, right: 28 },
      xAxis: values(t, { min: d.min ?? 1, max: d.max ?? 5, interval: narrow() ? 1 : 0.5 }),
      yAxis: categories(t, { data: d.names, inverse: true }),
      legend: {
        ...base(t).legend,
        icon: undefined,
        data: [
          { name: d.words.is, icon: "circle" },
          { name: d.words.want, icon: "circle" },
          { name: d.words.floor, icon: "rect" },
        ],
      },
      series: [
        { ...bar, itemStyle: { color: "transparent" }, data: d.is.map((x, i) => Math.min(x, d.want[i])) },
        { ...bar, itemStyle: { color: t.held }, data: d.is.map((x, i) => Math.max(d.floor[i] - x, 0)) },
        {
          ...bar,
          itemStyle: { color: t["line-strong"] },
          data: d.is.map((x, i) => Math.max(d.want[i] - Math.max(x, d.floor[i]), 0)),
        },
        { name: d.words.is, type: "scatter", symbolSize: 13, itemStyle: { color: t.own, opacity: 1 }, data: point(d.is), z: 3 },
        {
          name: d.words.want,
          type: "scatter",
          symbolSize: 12,
          itemStyle: { color: t.paper, borderColor: t.own, borderWidth: 2, opacity: 1 },
          data: point(d.want),
          z: 3,
        },
        {
          name: d.words.floor,
          type: "scatter",
          symbol: "rect",
          symbolSize: [3, 20],
          itemStyle: { color: t["ink-2"], opacity: 1 },
          data: point(d.floor),
          z: 4,
        },
      ],
    };
  },

  pareto: (d, t) => ({
    ...base(t),
    xAxis: categories(t, { data: d.names, axisLabel: { interval: 0, fontSize: narrow() ? 9 : 11, width: narrow() ? 40 : 90, overflow: "break" } }),
    yAxis: [values(t), values(t, { max: 100, interval: 25, splitLine: { show: false }, axisLabel: { formatter: "{value}%" } })],
    series: [
      {
        name: d.words.count,
        type: "bar",
        barWidth: 24,
        itemStyle: { color: t.own },
        label: { show: true, position: "insideBottom" },
        data: d.counts.map((x, i) => ({
          value: x,
          itemStyle: { color: i < d.vital ? t.own : t["line-strong"] },
          label: { color: i < d.vital ? t.paper : t.ink },
        })),
      },
      {
        name: d.words.cumulative,
        type: "line",
        yAxisIndex: 1,
        symbolSize: 6,
        lineStyle: { color: t.lapsing, width: 2 },
        itemStyle: { color: t.lapsing },
        data: d.cumulative,
        tooltip: { valueFormatter: (x) => `${x}%` },
        markLine: {
          silent: true,
          symbol: "none",
          label: { formatter: "80%", color: t["ink-2"], position: "insideEndTop" },
          lineStyle: { color: t["line-strong"], type: "dashed" },
          data: [{ yAxis: 80 }],
        },
      },
    ],
  }),
};

const drawn = new Map();

function draw(place) {
  const data = JSON.parse(place.dataset.figures ?? document.getElementById(place.dataset.src).textContent);
  drawn.get(place)?.dispose();
  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(kinds[place.dataset.chart](data, tokens()));
  drawn.set(place, chart);
}

function drawAll({ again = false } = {}) {
  for (const [place, chart] of drawn) {
    if (place.isConnected) continue;
    chart.dispose();
    drawn.delete(place);
  }
  for (const place of document.querySelectorAll("[data-chart]")) {
    if (again || !drawn.has(place)) draw(place);
  }
}

if (window.echarts) {
  let wasNarrow = narrow();
  drawAll();
  document.addEventListener("themechange", () => drawAll({ again: true }));
  document.addEventListener("htmx:afterSettle", () => drawAll());
  addEventListener("resize", () => {
    if (narrow() !== wasNarrow) drawAll({ again: true });
    else for (const chart of drawn.values()) chart.resize();
    wasNarrow = narrow();
  });
}
