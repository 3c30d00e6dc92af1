import type { StrategyName } from './recommendation.ts';
import { agentSkillEnhancement } from './strategies/agent-skill-enhancement.ts';
import { architectureEvolution } from './strategies/architecture-evolution.ts';
import { cacheOptimization } from './strategies/cache-optimization.ts';
import { capacityPlanning } from './strategies/capacity-planning.ts';
import { loadBalancingAdjustment } from './strategies/load-balancing-adjustment.ts';
import { performanceCultureDevelopment } from './strategies/performance-culture-development.ts';
import { processAutomation } from './strategies/process-automation.ts';
import { queryImprovement } from './strategies/query-improvement.ts';
import { resourceReallocation } from './strategies/resource-reallocation.ts';
import { skillDevelopmentPrograms } from './strategies/skill-development-programs.ts';
import { technologyUpgrades } from './strategies/technology-upgrades.ts';
import { workflowStreamlining } from './strategies/workflow-streamlining.ts';
import type { Strategy } from './strategy.ts';

/** The twelve, by name. */
export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  load_balancing_adjustment: loadBalancingAdjustment,
  resource_reallocation: resourceReallocation,
  cache_optimization: cacheOptimization,
  query_improvement: queryImprovement,
  agent_skill_enhancement: agentSkillEnhancement,
  workflow_streamlining: workflowStreamlining,
  capacity_planning: capacityPlanning,
  process_automation: processAutomation,
  architecture_evolution: architectureEvolution,
  technology_upgrades: technologyUpgrades,
  skill_development_programs: skillDevelopmentPrograms,
  performance_culture_development: performanceCultureDevelopment,
};
