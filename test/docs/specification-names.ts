/** The names of one part of the original description, in its order. */
export interface SpecificationPart {
  section: string;
  subsection: string;
  names: readonly string[];
}

const part = (section: string, subsection: string, ...names: string[]): SpecificationPart => ({
  section,
  subsection,
  names,
});

/** Everything that the original description of the system names, under its own headings. */
export const specificationParts: readonly SpecificationPart[] = [
  part(
    'Core Capabilities',
    'Real-Time Performance Monitoring',
    ...['Agent Utilization Tracking', 'Throughput Analysis', 'Latency Monitoring', 'Error Rate Tracking'],
    'Resource Consumption',
  ),
  part(
    'Core Capabilities',
    'Performance Analytics',
    ...['Bottleneck Identification', 'Trend Analysis', 'Comparative Analysis', 'Capacity Planning'],
    'Efficiency Scoring',
  ),
  part(
    'Core Capabilities',
    'Optimization Strategies',
    ...['Dynamic Load Balancing', 'Resource Scaling', 'Performance Tuning', 'Workflow Optimization'],
    'Skill Development',
  ),
  part(
    'When to Use',
    'Ideal Scenarios',
    'Production multi-agent systems requiring continuous optimization',
    'High-volume task processing with performance requirements',
    'Resource-constrained environments needing efficiency maximization',
    'Quality-critical applications requiring consistent performance',
    'Scalable systems anticipating growth and increased complexity',
    'Mission-critical operations requiring reliability and availability',
  ),
  part(
    'When to Use',
    'Application Areas',
    ...['Customer Service Operations', 'Financial Trading Systems', 'Content Production', 'Data Processing Platforms'],
    'E-commerce Operations',
  ),
  part(
    'Monitoring Framework',
    'Key Performance Indicators',
    ...['agent_metrics', 'task_completion_rate', 'average_response_time', 'error_frequency', 'resource_utilization'],
    ...['quality_score', 'system_metrics', 'overall_throughput', 'queue_depth', 'end_to_end_latency'],
    ...['system_availability', 'scalability_index', 'business_metrics', 'cost_per_task', 'customer_satisfaction'],
    ...['service_level_agreement_compliance', 'revenue_impact', 'operational_efficiency'],
  ),
  part(
    'Monitoring Framework',
    'Monitoring Architecture',
    ...['PerformanceMonitor', 'MetricsCollector', 'AnomalyDetector', 'PerformanceOptimizer', 'AlertManager'],
    ...['continuous_monitoring', 'metrics_collector.gather', 'anomaly_detector.analyze', 'optimizer.analyze'],
    ...['alert_manager.process', 'optimizer.apply_improvements', 'Monitor every minute'],
  ),
  part(
    'Advanced Analytics',
    'Predictive Performance Modeling',
    ...['Capacity Forecasting', 'Performance Degradation Prediction', 'Optimal Resource Allocation'],
    ...['Workload Pattern Recognition', 'Failure Prediction'],
  ),
  part(
    'Advanced Analytics',
    'Machine Learning Integration',
    ...['MLPerformanceOptimizer', 'WorkloadPredictionModel', 'AgentEfficiencyModel', 'BottleneckDetectionModel'],
    ...['predict_optimal_allocation', 'workload_predictor.predict', 'agent_efficiency_model.optimize'],
    ...['get_current_agent_capabilities', 'bottleneck_detector.analyze', 'generate_recommendations'],
    ...['resource_allocation', 'predicted_bottlenecks', 'recommendations'],
  ),
  part(
    'Optimization Strategies',
    'Dynamic Performance Tuning',
    ...['immediate_optimizations', 'load_balancing_adjustment', 'resource_reallocation', 'cache_optimization'],
    ...['query_improvement', 'medium_term_improvements', 'agent_skill_enhancement', 'workflow_streamlining'],
    ...['capacity_planning', 'process_automation', 'long_term_strategies', 'architecture_evolution'],
    ...['technology_upgrades', 'skill_development_programs', 'performance_culture_development'],
  ),
  part(
    'Optimization Strategies',
    'Resource Optimization',
    ...['Elastic Scaling', 'Resource Pooling', 'Priority-Based Allocation', 'Cost Optimization'],
  ),
  part(
    'Alerting and Response',
    'Intelligent Alert System',
    ...['critical', 'system_failure', 'service_interruption', 'high', 'performance_degradation'],
    ...['bottleneck_formation', 'medium', 'resource_utilization_high', 'latency_increase', 'low'],
    ...['efficiency_opportunity', 'optimization_suggestion', 'automatic_load_balancing', 'resource_scaling'],
    ...['circuit_breaker_activation', 'graceful_degradation'],
  ),
  part(
    'Alerting and Response',
    'Automated Remediation',
    ...['Self-Healing', 'Circuit Breaker Patterns', 'Graceful Degradation', 'Failover Mechanisms'],
  ),
  part(
    'Performance Benchmarking',
    'Comparative Analysis',
    ...['PerformanceBenchmark', 'HistoricalPerformanceDB', 'IndustryBenchmarks', 'CompetitorIntelligence'],
    ...['comprehensive_analysis', 'compare_with_history', 'get_last_90_days', 'compare_with_industry_standards'],
    ...['get_relevant_metrics', 'calculate_efficiency_score', 'identify_opportunities', 'performance_trend'],
    ...['industry_position', 'efficiency_rating', 'improvement_opportunities'],
  ),
  part(
    'Continuous Improvement',
    'Feedback Loops',
    ...['Performance Reviews', 'Optimization Implementation', 'Results Tracking', 'Knowledge Base'],
  ),
  part(
    'Continuous Improvement',
    'Learning and Adaptation',
    ...['Pattern Recognition', 'Adaptive Algorithms', 'Knowledge Transfer', 'Evolutionary Improvement'],
  ),
  part(
    'Best Practices',
    'Monitoring Strategy',
    ...['Comprehensive Coverage', 'Real-Time Visibility', 'Actionable Metrics', 'Historical Context'],
  ),
  part(
    'Best Practices',
    'Optimization Approach',
    ...['Data-Driven Decisions', 'Incremental Improvements', 'Risk Management', 'Continuous Monitoring'],
  ),
  part(
    'Best Practices',
    'System Design',
    ...['Observability First', 'Scalability Architecture', 'Fault Tolerance', 'Performance Budgets'],
  ),
  part(
    'Example Implementations',
    'E-Commerce Performance Optimization',
    ...['Load Monitoring', 'Response Time Tracking', 'Conversion Analysis', 'Cart Abandonment Detection'],
    ...['Server Scaling', 'Database Optimization'],
  ),
  part(
    'Example Implementations',
    'Customer Service Efficiency',
    ...['Queue Monitoring', 'Agent Utilization Tracking', 'Response Time Analysis', 'Customer Satisfaction Scoring'],
    ...['Training Recommendations', 'Staffing Optimization'],
  ),
  part(
    'Example Implementations',
    'High-Frequency Trading System',
    ...['Latency Monitoring', 'Throughput Analysis', 'Order Execution Tracking', 'Market Impact Assessment'],
    ...['Algorithm Optimization', 'Infrastructure Tuning'],
  ),
];
