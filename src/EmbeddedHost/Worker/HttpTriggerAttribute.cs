namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs the function for HTTP requests.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class HttpTriggerAttribute : Attribute
{
    /// <summary>All methods, with a function key.</summary>
    public HttpTriggerAttribute()
        : this(AuthorizationLevel.Function)
    {
    }

    /// <summary>The given methods, with a function key.</summary>
    /// <param name="methods">HTTP methods; none = all.</param>
    public HttpTriggerAttribute(params string[] methods)
        : this(AuthorizationLevel.Function, methods)
    {
    }

    /// <summary>All methods.</summary>
    /// <param name="authLevel">Who may call the function.</param>
    public HttpTriggerAttribute(AuthorizationLevel authLevel)
    {
        AuthLevel = authLevel;
    }

    /// <summary>The given methods.</summary>
    /// <param name="authLevel">Who may call the function.</param>
    /// <param name="methods">HTTP methods; none = all.</param>
    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
        : this(authLevel)
    {
        Methods = methods;
    }

    /// <summary>Who may call the function.</summary>
    public AuthorizationLevel AuthLevel { get; }

    /// <summary>HTTP methods; null = all.</summary>
    public string[]? Methods { get; }

    /// <summary>The route template below the prefix of host.json; null = the function's name.</summary>
    public string? Route { get; set; }
}

/// <summary>Who may call an HTTP function.</summary>
public enum AuthorizationLevel
{
    /// <summary>Everybody.</summary>
    Anonymous,

    /// <summary>A signed-in user; this host asks for the function key.</summary>
    User,

    /// <summary>Who has the function key.</summary>
    Function,

    /// <summary>Who has the system key; this host knows one key only.</summary>
    System,

    /// <summary>Who has the master key; this host knows one key only.</summary>
    Admin,
}
