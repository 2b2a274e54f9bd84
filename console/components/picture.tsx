/** A chart of ECharts: drawn as SVG, with patterns besides colours, and without motion. */
import { useEffect, useRef } from 'react';

import { BarChart, LineChart } from 'echarts/charts.js';
import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts.js';
import { AriaComponent, GridComponent, LegendComponent } from 'echarts/components.js';
import type { AriaComponentOption, GridComponentOption, LegendComponentOption } from 'echarts/components.js';
import { init, use as register } from 'echarts/core.js';
import type { ComposeOption } from 'echarts/core.js';
import { SVGRenderer } from 'echarts/renderers.js';

register([AriaComponent, BarChart, GridComponent, LegendComponent, LineChart, SVGRenderer]);

export type PictureOption = ComposeOption<
  AriaComponentOption | BarSeriesOption | GridComponentOption | LegendComponentOption | LineSeriesOption
>;

interface PictureProps {
  readonly option: PictureOption;
  /** What somebody hears who does not see it. */
  readonly description: string;
  /** In pixels. */
  readonly height: number;
}

export function Picture({ option, description, height }: PictureProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const chart = init(place.current, null, { renderer: 'svg', height });
    chart.setOption({ animation: false, ...option });
    const observer = new ResizeObserver(() => {
      chart.resize({ height });
    });
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [option, height]);
  return <div ref={place} role="img" aria-label={description} style={{ height }} />;
}
