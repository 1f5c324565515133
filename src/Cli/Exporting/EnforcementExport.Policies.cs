using Spanhook.Injection;

namespace Spanhook.Cli.Exporting;

/// <summary>The policies' text. What CEL cannot say is not checked: it never reads a command line, so an opt-out by a list of containers passes.</summary>
internal static partial class EnforcementExport
{
    private const string Header = "# Generated: kubectl spanhook export vap. A golden test keeps it so.";

    /// <summary>Kinds whose template becomes pods.</summary>
    private const string Workloads = """
        - apiGroups: [""]
              apiVersions: [v1]
              operations: [CREATE, UPDATE]
              resources: [replicationcontrollers]
            - apiGroups: [apps]
              apiVersions: [v1]
              operations: [CREATE, UPDATE]
              resources: [deployments, replicasets, statefulsets, daemonsets]
            - apiGroups: [batch]
              apiVersions: [v1]
              operations: [CREATE, UPDATE]
              resources: [jobs, cronjobs]
        """;

    private const string Pods = """
        - apiGroups: [""]
              apiVersions: [v1]
              operations: [CREATE]
              resources: [pods]
        """;

    private static string Watchers => string.Join(", ", EnforcementNames.Watchers.Select(w => $"'{w}'"));

    private static string RequireInjection => $$"""
        {{Header}}
        # In namespaces labelled {{EnforcementNames.RequireInjection}}: "true", a pod must be injected. The API server itself decides, after every webhook:
        # it also holds while no webhook answers, and then nothing untraced starts there. Exempt: mirror pods, and pods labelled
        # {{EnforcementNames.Exempt}} by whoever has the verb exempt on tracingpolicies.spanhook.dev (policy spanhook-guard-exemptions).
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata:
          name: spanhook-require-injection
        spec:
          failurePolicy: Fail
          matchConstraints:
            namespaceSelector:
              matchLabels:
                {{EnforcementNames.RequireInjection}}: "true"
            resourceRules:
            {{Pods}}
          matchConditions:
          # Only a node makes the mirror of a static pod.
          - name: not-a-mirror-pod
            expression: >-
              !('{{EnforcementNames.MirrorPod}}' in object.metadata.?annotations.orValue({}) && request.userInfo.username.startsWith('system:node:'))
          variables:
          - name: byController
            expression: >-
              {{Indented(ByController, 6)}}
          - name: exempt
            expression: >-
              '{{EnforcementNames.Exempt}}' in object.metadata.?labels.orValue({})
              && (variables.byController || {{May("exempt")}})
          - name: marker
            expression: object.metadata.?annotations[?'{{EnforcementNames.Marker}}'].orValue('')
          - name: marked
            expression: object.metadata.?labels[?'{{EnforcementNames.Marker}}'].orValue('') == 'true' && variables.marker.contains('/')
          # Of INJECTOR/CONTAINER=SOURCE: what stands before '='.
          - name: marks
            expression: variables.marker.split(',').filter(mark, mark != '').map(mark, mark.split('=')[0].split('/'))
          - name: injected
            expression: >-
              (object.spec.containers.filter(c, c.?env.orValue([]).exists(e, e.name == '{{EnforcementNames.Variable}}'))
              + object.spec.?initContainers.orValue([]).filter(c, c.?env.orValue([]).exists(e, e.name == '{{EnforcementNames.Variable}}'))).map(c, c.name)
          # {{Watchers}} marks the container that its sidecar watches.
          - name: forged
            expression: >-
              variables.marks.filter(mark, size(mark) != 2 || !(mark[1] in variables.injected || (mark[0] in [{{Watchers}}] && size(variables.injected) > 0)))
          validations:
          - expression: variables.exempt || variables.marked
            reason: Forbidden
            messageExpression: >-
              "namespace " + request.namespace + " is labelled {{EnforcementNames.RequireInjection}}, and this pod is not injected with tracing. Ask for it in the pod
              template: annotate it with {{EnforcementNames.RequestPrefix}}engine: \"true\" for inference engines, or {{EnforcementNames.RequestPrefix}}LANGUAGE:
              \"true\"; 'kubectl spanhook explain' says why it was not done, and 'kubectl spanhook check' whether the webhook answers. An exception needs the label
              {{EnforcementNames.Exempt}} and somebody with the verb exempt on tracingpolicies.spanhook.dev"
          - expression: variables.exempt || !variables.marked || size(variables.forged) == 0
            reason: Forbidden
            messageExpression: >-
              "annotation {{EnforcementNames.Marker}} says that containers are injected that are not: " + variables.forged.map(mark, mark.join('/')).join(', ')
              + ". The webhook writes this annotation: remove it and the label {{EnforcementNames.Marker}} from the pod template"

        """;

    private static string GuardExemptions => $$"""
        {{Header}}
        # In namespaces labelled {{EnforcementNames.RequireInjection}}: "true", the label {{EnforcementNames.Exempt}} of a pod template needs the verb exempt on
        # tracingpolicies.spanhook.dev. One that is there already stays, whoever edits the rest.
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata:
          name: spanhook-guard-exemptions
        spec:
          failurePolicy: Fail
          matchConstraints:
            namespaceSelector:
              matchLabels:
                {{EnforcementNames.RequireInjection}}: "true"
            resourceRules:
            {{Workloads}}
          variables:
          {{Indented(TemplateVariables("labels"), 2)}}
          - name: byController
            expression: >-
              {{Indented(ByController, 6)}}
          validations:
          - expression: >-
              !('{{EnforcementNames.Exempt}}' in variables.new) || '{{EnforcementNames.Exempt}}' in variables.old || variables.byController
              || {{May("exempt")}}
            reason: Forbidden
            messageExpression: >-
              "the label {{EnforcementNames.Exempt}} takes pods out of mandatory tracing in namespace " + request.namespace + ", and " + request.userInfo.username
              + " lacks the verb exempt on tracingpolicies.spanhook.dev: remove it from the pod template, or ask your platform team (ClusterRole spanhook-exempt)"

        """;

    private static string GuardOptOuts => $$"""
        {{Header}}
        # In namespaces labelled {{EnforcementNames.GuardOptOut}}: "true", a new {{EnforcementNames.RequestPrefix}}*: "false" in a pod template needs the verb optout on
        # tracingpolicies.spanhook.dev. One that is there already stays. Pods of controllers pass: what they are made of was looked at.
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata:
          name: spanhook-guard-opt-outs
        spec:
          failurePolicy: Fail
          matchConstraints:
            namespaceSelector:
              matchLabels:
                {{EnforcementNames.GuardOptOut}}: "true"
            resourceRules:
            {{Pods}}
            {{Workloads}}
          variables:
          {{Indented(TemplateVariables("annotations"), 2)}}
          - name: byController
            expression: >-
              {{Indented(ByController, 6)}}
          - name: added
            expression: >-
              {{Added}}
          validations:
          - expression: >-
              size(variables.added) == 0 || variables.byController
              || {{May("optout")}}
            reason: Forbidden
            messageExpression: >-
              variables.added.join(', ') + ": opting out of tracing is guarded in namespace " + request.namespace + ", and " + request.userInfo.username
              + " lacks the verb optout on tracingpolicies.spanhook.dev: remove it from the pod template, or ask your platform team (ClusterRole spanhook-optout)"

        """;

    private static string GuardNamespaces => $$"""
        {{Header}}
        # A Namespace that is labelled {{EnforcementNames.GuardOptOut}} or {{EnforcementNames.RequireInjection}}: its labels {{EnforcementNames.LabelPrefix}}* and a new
        # {{EnforcementNames.RequestPrefix}}*: "false" need the verb optout on tracingpolicies.spanhook.dev. No selector: who takes the label away is asked too.
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata:
          name: spanhook-guard-namespaces
        spec:
          failurePolicy: Fail
          matchConstraints:
            resourceRules:
            - apiGroups: [""]
              apiVersions: [v1]
              operations: [UPDATE]
              resources: [namespaces]
          matchConditions:
          - name: guarded
            expression: >-
              oldObject.metadata.?labels[?'{{EnforcementNames.GuardOptOut}}'].orValue('') == 'true'
              || oldObject.metadata.?labels[?'{{EnforcementNames.RequireInjection}}'].orValue('') == 'true'
          variables:
          - name: oldLabels
            expression: oldObject.metadata.?labels.orValue({})
          - name: newLabels
            expression: object.metadata.?labels.orValue({})
          - name: old
            expression: oldObject.metadata.?annotations.orValue({})
          - name: new
            expression: object.metadata.?annotations.orValue({})
          - name: relabelled
            expression: >-
              variables.oldLabels.filter(key, key.startsWith('{{EnforcementNames.LabelPrefix}}') && variables.newLabels[?key].orValue('') != variables.oldLabels[key])
              + variables.newLabels.filter(key, key.startsWith('{{EnforcementNames.LabelPrefix}}') && !(key in variables.oldLabels))
          - name: added
            expression: >-
              {{Added}}
          validations:
          - expression: >-
              size(variables.relabelled) + size(variables.added) == 0
              || authorizer.group('spanhook.dev').resource('tracingpolicies').check('optout').allowed()
            reason: Forbidden
            messageExpression: >-
              (variables.relabelled + variables.added).join(', ') + ": tracing of Namespace " + object.metadata.name + " is guarded, and " + request.userInfo.username
              + " lacks the verb optout on tracingpolicies.spanhook.dev, cluster-wide: leave it as it is, or ask your platform team (ClusterRole spanhook-optout)"

        """;

    private static string Added => $"""
        variables.new.filter(key, key.startsWith('{EnforcementNames.RequestPrefix}') && variables.new[key].trim().lowerAscii() == 'false'
              && variables.old[?key].orValue('').trim().lowerAscii() != 'false')
        """;

    // dyn: one policy is for several kinds.
    private static string TemplateVariables(string map) => $$"""
        - name: new
          expression: >-
            {{Indented(Template("object", map), 4)}}
        - name: old
          expression: >-
            request.operation == 'UPDATE' ? {{Indented(Template("oldObject", map), 4)}} : {}
        """;

    private static string Template(string root, string map) => $$"""
        (request.kind.kind == 'Pod' ? dyn({{root}}).?metadata.?{{map}}.orValue({})
        : request.kind.kind == 'CronJob' ? dyn({{root}}).?spec.?jobTemplate.?spec.?template.?metadata.?{{map}}.orValue({})
        : dyn({{root}}).?spec.?template.?metadata.?{{map}}.orValue({}))
        """;

    // Lines after the first one.
    private static string Indented(string text, int spaces) => text.Replace("\n", "\n" + new string(' ', spaces), StringComparison.Ordinal);
}
